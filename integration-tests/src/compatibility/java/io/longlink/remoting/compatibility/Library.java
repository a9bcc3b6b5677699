package io.longlink.remoting.compatibility;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** What a peer is compiled against and runs on: one version of RocketMQ, or ours. */
final class Library {
    /** Our library, as compiled in this build. */
    static final String OURS = "ours";

    private static final String ROCKETMQ = "org.apache.rocketmq.remoting";

    /** What has to be done to code written against RocketMQ's remoting: these imports change. The first that fits counts. */
    static final Map<String, String> IMPORTS = imports();

    private static final Path SOURCES = Path.of("src", "compatibility", "peer", "peer");

    private final String name;
    private final String classpath;
    private final List<String> jvmOptions;

    private Library(String name, String classpath, List<String> jvmOptions) {
        this.name = name;
        this.classpath = classpath;
        this.jvmOptions = jvmOptions;
    }

    private static Map<String, String> imports() {
        Map<String, String> imports = new LinkedHashMap<>();
        imports.put(ROCKETMQ + ".netty.NettyRemotingServer", "io.longlink.remoting.server.NettyRemotingServer");
        imports.put(ROCKETMQ + ".netty.NettyServerConfig", "io.longlink.remoting.server.NettyServerConfig");
        imports.put(ROCKETMQ + ".netty.NettyRemotingClient", "io.longlink.remoting.client.NettyRemotingClient");
        imports.put(ROCKETMQ + ".netty.NettyClientConfig", "io.longlink.remoting.client.NettyClientConfig");
        imports.put(ROCKETMQ + ".netty.NettyRequestProcessor", "io.longlink.remoting.NettyRequestProcessor");
        imports.put(ROCKETMQ + ".netty.ResponseFuture", "io.longlink.remoting.ResponseFuture");
        imports.put(ROCKETMQ + ".CommandCustomHeader", "io.longlink.remoting.protocol.CommandCustomHeader");
        imports.put(ROCKETMQ + ".annotation.", "io.longlink.remoting.protocol.");
        imports.put(ROCKETMQ + ".common.RemotingHelper", "io.longlink.remoting.RemotingHelper");
        imports.put(ROCKETMQ + ".", "io.longlink.remoting.");
        return imports;
    }

    /** A published version, on the class path that the build has worked out for it. */
    static Library stock(StockVersion version) {
        try {
            // Brokers and clients set the version property to their own release when they start. TLS would be set up for each server, in
            // vain: there is no certificate.
            List<String> options = List.of("-Drocketmq.remoting.version=" + version.stamp(), "-Dtls.server.mode=disabled");
            return new Library(version.number(), Files.readString(classpathOf(version)).trim(), options);
        } catch (IOException e) {
            throw new UncheckedIOException("no class path of " + version + "; build with profile compatibility", e);
        }
    }

    /** The file that holds the class path of a published version. */
    static Path classpathOf(StockVersion version) {
        return Path.of("stock", version.number(), "target", "classpath");
    }

    /** Ours, on the class path of these tests. */
    static Library ours() {
        return new Library(OURS, System.getProperty("java.class.path"), List.of("-Dio.netty.leakDetection.level=paranoid"));
    }

    String name() {
        return name;
    }

    boolean isOurs() {
        return name.equals(OURS);
    }

    List<String> jvmOptions() {
        return jvmOptions;
    }

    /** The peer compiled into the directory, and all that it needs. */
    String compilePeer(Path directory) throws IOException {
        Path sources = isOurs() ? withOurImports(directory.resolve("src")) : SOURCES;
        Path classes = Files.createDirectories(directory.resolve("classes"));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of("-proc:none", "-nowarn", "-cp", classpath, "-d", classes.toString());
            boolean compiled = compiler.getTask(messages, files, null, options, null, files.getJavaFileObjectsFromPaths(javaFiles(sources)))
                    .call();
            if (!compiled) {
                throw new IllegalStateException("the peer does not compile against " + name + ":\n" + messages);
            }
        }
        return classes + File.pathSeparator + classpath;
    }

    private static Path withOurImports(Path directory) throws IOException {
        Files.createDirectories(directory);
        for (Path file : javaFiles(SOURCES)) {
            String source = Files.readAllLines(file).stream().map(Library::withOurImport).collect(Collectors.joining("\n"));
            Files.writeString(directory.resolve(file.getFileName()), source);
        }
        return directory;
    }

    static String withOurImport(String line) {
        for (Map.Entry<String, String> change : IMPORTS.entrySet()) {
            String before = "import " + change.getKey();
            if (line.startsWith(before)) {
                return "import " + change.getValue() + line.substring(before.length());
            }
        }
        return line;
    }

    private static List<Path> javaFiles(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return new ArrayList<>(files.filter(file -> file.toString().endsWith(".java")).sorted().toList());
        }
    }
}
