package io.longlink.remoting.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.longlink.remoting.testkit.ScriptedPeer;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** The tests that docs/testing.md shows are green, and the page knows the whole testkit. */
class TestingPageTest {
    private static final Path ROOT = Path.of("..");
    private static final Path PAGE = ROOT.resolve("docs/testing.md");
    private static final Path SOURCES = ROOT.resolve("remoting-testkit/src/main/java/io/longlink/remoting/testkit");
    private static final Pattern PUBLIC_TYPE = Pattern.compile("^public (?:final )?(?:class|interface|record|enum) (\\w+)", Pattern.MULTILINE);

    @TempDir
    private Path classes;

    @Test
    void snippets_compiledAndRun_areGreen() throws Exception {
        List<Snippet> snippets = Snippet.in(PAGE);
        assertEquals(4, snippets.size());
        Snippet.compile(snippets, classes);
        try (URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()}, getClass().getClassLoader())) {
            for (Snippet snippet : snippets) {
                TestExecutionSummary summary = run(loader.loadClass(snippet.name()));
                for (TestExecutionSummary.Failure failure : summary.getFailures()) {
                    throw new AssertionError(snippet.name(), failure.getException());
                }
                assertEquals(1, summary.getTestsSucceededCount(), snippet::name);
            }
        }
    }

    private static TestExecutionSummary run(Class<?> test) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(LauncherDiscoveryRequestBuilder.request().selectors(selectClass(test)).build(), listener);
        return listener.getSummary();
    }

    @Test
    void publicTypes_ofTheTestkit_areAllNamed() throws IOException {
        String page = Files.readString(PAGE);
        List<String> publicTypes = new ArrayList<>();
        try (DirectoryStream<Path> sources = Files.newDirectoryStream(SOURCES, "*.java")) {
            for (Path source : sources) {
                PUBLIC_TYPE.matcher(Files.readString(source)).results().forEach(type -> publicTypes.add(type.group(1)));
            }
        }

        assertTrue(publicTypes.contains(ScriptedPeer.class.getSimpleName()), publicTypes::toString);
        assertEquals(List.of(), publicTypes.stream().filter(name -> !page.contains("`" + name)).toList());
    }

    @Test
    void dependency_inThePage_isOursOfThisVersion() throws IOException {
        Matcher version = Pattern.compile("<artifactId>longlink-parent</artifactId>\\s*<version>(.*?)</version>")
                .matcher(Files.readString(ROOT.resolve("pom.xml")));
        assertTrue(version.find());
        Pattern dependency = Pattern.compile("<groupId>io\\.longlink</groupId>\\s*<artifactId>remoting-testkit</artifactId>\\s*<version>"
                + Pattern.quote(version.group(1)) + "</version>\\s*<scope>test</scope>");
        assertTrue(dependency.matcher(Files.readString(PAGE)).find());
    }
}
