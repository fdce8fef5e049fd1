package io.github.websocketkeepalive.integration;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What an application answers, without what differs from one run to the next.
 *
 * @param essence what was asked, the status, and what came on the WebSocket
 * @param details the headers and the body of the response
 */
public record Answer(String essence, String details) {

	/** Times, tokens in forms, and ids. */
	private static final Pattern VARIABLE = Pattern
		.compile("[-0-9]{10}T[:.0-9]+|(?<=(value=|requestId\":)\")[^\"]+|[0-9a-fA-F]{8,}(-[0-9a-fA-F]+)*");

	private static final Pattern VARIABLE_HEADER = Pattern.compile("(?i)(date|content-length):.*");

	static Answer of(String question, String response, String heard) {
		String[] parts = response.split("\r\n\r\n", 2);
		String status = parts[0].split(" ")[1];
		String headers = parts[0].lines()
			.filter((line) -> !VARIABLE_HEADER.matcher(line).matches())
			.sorted()
			.collect(Collectors.joining("; "));
		return new Answer((question + " " + status + " " + heard).strip(),
				VARIABLE.matcher(headers + "; " + parts[1]).replaceAll("#"));
	}

}
