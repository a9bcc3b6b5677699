package io.longlink.remoting.server;

import io.longlink.remoting.internal.RemotingEndpoint;
import java.util.List;

/** What belongs to one listening port. */
record ServerPort(RemotingEndpoint endpoint, ConnectionRegistry registry, Acceptor acceptor, List<Runnable> drainHooks) {}
