package io.longlink.remoting.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows is what compiles and runs. */
class ReadmeTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern CLASS_NAME = Pattern.compile("public class (\\w+)");

    @TempDir
    private Path classes;

    @Test
    void snippets_compiledAndRun_greetEachOther() throws Exception {
        List<String> snippets = JAVA_BLOCK
                .matcher(Files.readString(ROOT.resolve("README.md")))
                .results()
                .map(block -> block.group(1))
                .toList();
        assertEquals(2, snippets.size());
        for (String snippet : snippets) {
            assertTrue(snippet.lines().count() <= 16, "a snippet of the README is longer than 15 lines and a blank one");
            compile(snippet);
        }
        String port = Integer.toString(freePort());
        Process server = java("EchoServer", port);
        try {
            Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> answers("EchoClient", port), "hello"::equals);
        } finally {
            server.destroy();
        }
        assertTrue(server.waitFor(10, TimeUnit.SECONDS), "the server did not end by itself");
    }

    @Test
    void testCommand_inReadmeAndCi_isTheSame() throws IOException {
        String ci = Files.readString(ROOT.resolve(".ci/run"));
        assertTrue(ci.contains("exec mvn -B -ntp verify\n"), ci);
        assertTrue(Files.readString(ROOT.resolve("README.md")).contains("\n    mvn -B -ntp verify\n"));
        assertTrue(Files.readString(ROOT.resolve(".github/workflows/ci.yml")).contains("bash .ci/run"));
    }

    private void compile(String snippet) throws IOException {
        Matcher name = CLASS_NAME.matcher(snippet);
        assertTrue(name.find(), snippet);
        Path source = Files.writeString(classes.resolve(name.group(1) + ".java"), snippet);
        int exit = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-d", classes.toString(), "-cp", classPath(), source.toString());
        assertEquals(0, exit, snippet);
    }

    private String answers(String mainClass, String argument) throws Exception {
        Process client = java(mainClass, argument);
        String printed = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertTrue(client.waitFor(10, TimeUnit.SECONDS));
        return printed;
    }

    private Process java(String mainClass, String argument) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(java, "-cp", classes + System.getProperty("path.separator") + classPath(), mainClass, argument)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
