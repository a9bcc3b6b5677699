package io.longlink.remoting.compatibility;

import io.longlink.remoting.compatibility.ApiComparison.Name;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** RocketMQ's remoting as an embedder sees it: which of its classes are compared with which of ours. */
final class Api {
    private static final String ROCKETMQ = "org.apache.rocketmq.remoting.";

    /** Below {@link #ROCKETMQ}; the classes that code names which embeds remoting, and not the commands of brokers. */
    static final List<String> CLASSES = List.of(
            "RemotingService",
            "RemotingServer",
            "RemotingClient",
            "netty.NettyRemotingServer",
            "netty.NettyRemotingClient",
            "netty.NettyServerConfig",
            "netty.NettyClientConfig",
            "netty.NettyRequestProcessor",
            "InvokeCallback",
            "netty.ResponseFuture",
            "RPCHook",
            "ChannelEventListener",
            "netty.NettyEvent",
            "netty.NettyEventType",
            "netty.NettyEncoder",
            "netty.NettyDecoder",
            "CommandCustomHeader",
            "annotation.CFNotNull",
            "annotation.CFNullable",
            "common.RemotingHelper",
            "protocol.RemotingCommand",
            "protocol.RemotingSerializable",
            "protocol.LanguageCode",
            "protocol.RequestCode",
            "protocol.ResponseCode",
            "exception.RemotingException",
            "exception.RemotingCommandException",
            "exception.RemotingConnectException",
            "exception.RemotingSendRequestException",
            "exception.RemotingTimeoutException",
            "exception.RemotingTooMuchRequestException");

    private Api() {}

    /** All names of {@link #CLASSES} in this version. */
    static List<Name> compare(StockVersion version) throws IOException, ClassNotFoundException {
        List<URL> urls = new ArrayList<>();
        for (String jar : Files.readString(Library.classpathOf(version)).trim().split(File.pathSeparator, -1)) {
            urls.add(Path.of(jar).toUri().toURL());
        }
        // Without our class path: its Netty is another one.
        try (URLClassLoader stock = new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            List<Name> names = new ArrayList<>();
            for (String type : CLASSES) {
                names.addAll(ApiComparison.compare(Class.forName(ROCKETMQ + type, false, stock), ours(ROCKETMQ + type)));
            }
            return names;
        }
    }

    private static Class<?> ours(String theirs) {
        String name = Library.withOurImport("import " + theirs).substring("import ".length());
        try {
            return Class.forName(name, false, Api.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            return null;
        }
    }
}
