package io.github.websocketkeepalive.peer;

/**
 * What a request asks for, in each form that its first line may have (RFC 9112 section
 * 3.2). Every path that is shown or matched comes from here. It is the one by which
 * WebFlux finds its handler: it has no scheme, user and host of a whole URI, and no
 * fragment.
 */
public final class RequestTarget {

	private RequestTarget() {
	}

	/**
	 * Return the path and the query of a request.
	 * @param target the request target
	 * @return the path, and the query with its question mark if there is one
	 */
	public static String pathAndQuery(String target) {
		int authority = authority(target);
		int start = (authority >= 0) ? endOfPart(target, authority) : 0;
		int fragment = target.indexOf('#', start);
		String rest = target.substring(start, (fragment >= 0) ? fragment : target.length());
		return (authority >= 0 && !rest.startsWith("/")) ? "/" + rest : rest;
	}

	/**
	 * Return the path of a request.
	 * @param target the request target
	 * @return the path, without its query, where tokens may live
	 */
	public static String path(String target) {
		String path = pathAndQuery(target);
		int query = path.indexOf('?');
		return (query >= 0) ? path.substring(0, query) : path;
	}

	/**
	 * Return where the authority of a whole URI starts.
	 * @param target the request target
	 * @return the index, or -1 if there is none
	 */
	private static int authority(String target) {
		int end = endOfPart(target, 0);
		return (end > 0 && target.charAt(end - 1) == ':' && target.startsWith("//", end)) ? end + 2 : -1;
	}

	private static int endOfPart(String target, int start) {
		int end = start;
		while (end < target.length() && "/?#".indexOf(target.charAt(end)) < 0) {
			end++;
		}
		return end;
	}

}
