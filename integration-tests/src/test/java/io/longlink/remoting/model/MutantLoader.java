package io.longlink.remoting.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The library and the model once more, with one source file of the library changed and compiled in memory. Netty and everything else is
 * shared with the loader above.
 */
final class MutantLoader extends ClassLoader {
    private static final String OURS = "io.longlink.remoting.";

    private final Map<String, byte[]> mutated;

    private MutantLoader(Map<String, byte[]> mutated) {
        super(MutantLoader.class.getClassLoader());
        this.mutated = mutated;
    }

    /**
     * Changes and compiles.
     *
     * @param modules the directory of the modules
     */
    static MutantLoader of(Mutant mutant, Path modules) {
        return new MutantLoader(compile(mutant.typeName(), mutate(mutant, modules)));
    }

    private static String mutate(Mutant mutant, Path modules) {
        try {
            String source = Files.readString(modules.resolve(mutant.file()));
            int at = source.indexOf(mutant.found());
            if (at < 0 || source.indexOf(mutant.found(), at + 1) >= 0) {
                throw new IllegalStateException("not exactly once in " + mutant.file() + ": " + mutant.found());
            }
            return source.substring(0, at) + mutant.replacement() + source.substring(at + mutant.found().length());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, byte[]> compile(String typeName, String source) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        Map<String, ByteArrayOutputStream> written = new HashMap<>();
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        try (StandardJavaFileManager files = compiler.getStandardFileManager(problems, null, null)) {
            boolean compiled = compiler.getTask(
                            null,
                            new ClassesInMemory(files, written),
                            problems,
                            List.of("-classpath", classPath, "-proc:none", "-nowarn", "-parameters"),
                            null,
                            List.of(new Source(typeName, source)))
                    .call();
            if (!compiled) {
                throw new IllegalStateException(problems.getDiagnostics().stream()
                        .filter(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
                        .toList()
                        .toString());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, byte[]> classes = new HashMap<>();
        written.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
        return classes;
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String typeName, String text) {
            super(URI.create("string:///" + typeName.replace('.', '/') + Kind.SOURCE.extension), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private static final class ClassesInMemory extends ForwardingJavaFileManager<StandardJavaFileManager> {
        private final Map<String, ByteArrayOutputStream> written;

        ClassesInMemory(StandardJavaFileManager files, Map<String, ByteArrayOutputStream> written) {
            super(files);
            this.written = written;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("mem:///" + className.replace('.', '/') + ".class"), kind) {
                @Override
                public OutputStream openOutputStream() {
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    written.put(className, bytes);
                    return bytes;
                }
            };
        }
    }

    /** Ours are loaded here, so that all of them see the mutant; the rest above. */
    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) {
                loaded = name.startsWith(OURS) ? define(name) : super.loadClass(name, resolve);
            }
            return loaded;
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        byte[] bytes = mutated.get(name);
        if (bytes == null) {
            try (InputStream original = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (original == null) {
                    throw new ClassNotFoundException(name);
                }
                bytes = original.readAllBytes();
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
        return defineClass(name, bytes, 0, bytes.length);
    }
}
