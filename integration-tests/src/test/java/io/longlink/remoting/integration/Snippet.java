package io.longlink.remoting.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/**
 * A Java program that a page shows.
 *
 * @param name of its class
 */
record Snippet(String name, String source) {
    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern CLASS_NAME = Pattern.compile("public class (\\w+)");

    /** All of a page, in order. */
    static List<Snippet> in(Path page) throws IOException {
        return JAVA_BLOCK
                .matcher(Files.readString(page))
                .results()
                .map(block -> of(block.group(1)))
                .toList();
    }

    private static Snippet of(String source) {
        Matcher name = CLASS_NAME.matcher(source);
        assertTrue(name.find(), source);
        return new Snippet(name.group(1), source);
    }

    /** Compiles it with what this test sees. */
    void compileTo(Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve(name + ".java"), source);
        int exit = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-d", directory.toString(), "-cp", classPath(), file.toString());
        assertEquals(0, exit, source);
    }

    static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }
}
