package io.github.websocketkeepalive.peer;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RequestTarget}.
 */
class RequestTargetTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			/ws/echo                                | /ws/echo      | /ws/echo
			/ws/echo?token=secret                   | /ws/echo      | /ws/echo?token=secret
			/?a?b                                   | /             | /?a?b
			?token=secret                           | ''            | ?token=secret
			/ws/%3Fescaped                          | /ws/%3Fescaped | /ws/%3Fescaped
			/ws#fragment                            | /ws           | /ws
			/ws#fragment?no=query                   | /ws           | /ws
			/ws?a=b#fragment                        | /ws           | /ws?a=b
			/ws?to=ws://user:secret@host/x          | /ws           | /ws?to=ws://user:secret@host/x
			/to/ws://user@host/x                    | /to/ws://user@host/x | /to/ws://user@host/x
			//host/ws                               | //host/ws     | //host/ws
			ws://localhost:8080/ws/echo?a=b         | /ws/echo      | /ws/echo?a=b
			WSS://user:secret@localhost/ws?a=b#c    | /ws           | /ws?a=b
			http://[2001:db8::1]:80/ws              | /ws           | /ws
			http://[::1/ws?b=c                      | /ws           | /ws?b=c
			ws://user:secret@localhost              | /             | /
			ws://user:secret@localhost?a=b          | /             | /?a=b
			ws://user:secret@localhost#/ws          | /             | /
			ws:///ws                                | /ws           | /ws
			ws://                                   | /             | /
			ws:/ws                                  | ws:/ws        | ws:/ws
			ws:                                     | ws:           | ws:
			example.com:443                         | example.com:443 | example.com:443
			*                                       | *             | *
			''                                      | ''            | ''
			""")
	void thePathIsTheOneByWhichAHandlerIsFound(String target, String path, String pathAndQuery) {
		assertThat(RequestTarget.path(target)).isEqualTo(path);
		assertThat(RequestTarget.pathAndQuery(target)).isEqualTo(pathAndQuery);
	}

}
