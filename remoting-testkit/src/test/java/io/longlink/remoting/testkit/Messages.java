package io.longlink.remoting.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** Assertions about what a failure tells. */
final class Messages {

    private Messages() {}

    static void assertContains(String expected, Throwable error) {
        String message = String.valueOf(error.getMessage());
        assertTrue(message.contains(expected), message);
    }
}
