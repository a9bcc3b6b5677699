package io.longlink.remoting.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

    /** Compiles them with what this test sees, all at once: that takes hardly longer than one. */
    static void compile(List<Snippet> snippets, Path directory) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("-d", directory.toString(), "-cp", classPath()));
        for (Snippet snippet : snippets) {
            arguments.add(Files.writeString(directory.resolve(snippet.name + ".java"), snippet.source).toString());
        }
        int exit = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        assertEquals(0, exit, "the compiler said why");
    }

    static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }
}
