package io.github.websocketkeepalive.unchanged;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.springframework.context.ApplicationContext;

/**
 * What can be seen of an application from outside.
 *
 * @param answers what its peers were answered
 * @param beans the classes of its own beans, by their names
 * @param warnings what it has logged at WARN and above, without what differs from one run
 * to the next
 */
record Seen(List<String> answers, Map<String, String> beans, List<String> warnings) {

	private static final Pattern WARNING = Pattern.compile("^[-:.,TZ+0-9 ]*(\\[.*])? *(WARN|ERROR) ");

	private static final Pattern VARIABLE = Pattern.compile("[0-9a-f]{6,}|[0-9]+");

	static Seen of(List<String> answers, ApplicationContext context, String output) {
		return new Seen(answers, beans(context), warnings(output));
	}

	static List<String> warnings(String output) {
		return output.lines()
			.filter((line) -> WARNING.matcher(line).find())
			.map((line) -> line.substring(Math.max(line.indexOf("WARN"), line.indexOf("ERROR"))))
			.map((line) -> VARIABLE.matcher(line).replaceAll("#"))
			.toList();
	}

	private static Map<String, String> beans(ApplicationContext context) {
		Map<String, String> beans = new TreeMap<>();
		for (String name : context.getBeanDefinitionNames()) {
			Class<?> type = context.getType(name);
			if (type != null && type.getName().startsWith(Seen.class.getPackageName())) {
				beans.put(name, context.getBean(name).getClass().getName());
			}
		}
		return beans;
	}

}
