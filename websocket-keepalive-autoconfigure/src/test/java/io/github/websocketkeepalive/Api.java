package io.github.websocketkeepalive;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaParameter;
import com.tngtech.archunit.core.domain.JavaType;

/**
 * What is public and not marked as internal.
 */
final class Api {

	private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z.]+)` \\| ((?:`\\w+`(?:, )?)+) \\|$");

	private static final Pattern NAME = Pattern.compile("`(\\w+)`");

	private Api() {
	}

	/**
	 * Read the names of the types that the page lists.
	 * @return their names, without the root package
	 */
	static Set<String> listed() throws IOException {
		String section = Files.readString(Layering.PAGE).split("\n## API\n", 2)[1].split("\n## ", 2)[0];
		Set<String> listed = new TreeSet<>();
		Matcher rows = ROW.matcher(section);
		while (rows.find()) {
			NAME.matcher(rows.group(2)).results().forEach((name) -> listed.add(rows.group(1) + "." + name.group(1)));
		}
		return listed;
	}

	/**
	 * Return whether a type is part of the API.
	 */
	static boolean contains(JavaClass type) {
		boolean visible = type.getModifiers().contains(JavaModifier.PUBLIC) && !type.isAnnotatedWith(Internal.class)
				&& type.getPackage()
					.tryGetPackageInfo()
					.stream()
					.noneMatch((info) -> info.isAnnotatedWith(Internal.class));
		return visible && type.getEnclosingClass().map(Api::contains).orElse(true);
	}

	/**
	 * Return the types of this project that others see in the signatures of a type.
	 */
	static Set<JavaClass> seenIn(JavaClass type) {
		Set<JavaClass> seen = new LinkedHashSet<>();
		Stream<JavaType> types = Stream
			.of(type.getSuperclass().stream(), type.getInterfaces().stream(),
					type.getFields().stream().filter(Api::isVisible).map((field) -> field.getType()),
					type.getCodeUnits().stream().filter(Api::isVisible).flatMap(Api::typesOf))
			.flatMap((each) -> each);
		types.flatMap((each) -> each.getAllInvolvedRawTypes().stream())
			.map(JavaClass::getBaseComponentType)
			.filter((each) -> each.getPackageName().startsWith(ModuleArchitecture.ROOT))
			.forEach(seen::add);
		return seen;
	}

	private static Stream<JavaType> typesOf(JavaCodeUnit unit) {
		return Stream.concat(Stream.of(unit.getReturnType()), Stream
			.concat(unit.getParameters().stream().map(JavaParameter::getType), unit.getExceptionTypes().stream()));
	}

	private static boolean isVisible(JavaMember member) {
		Set<JavaModifier> modifiers = member.getModifiers();
		boolean visible = modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
		return visible && !modifiers.contains(JavaModifier.SYNTHETIC) && !member.isAnnotatedWith(Internal.class);
	}

}
