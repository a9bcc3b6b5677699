package io.longlink.remoting.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.testkit.Frame;
import io.longlink.remoting.testkit.ScriptedPeer;
import java.nio.charset.StandardCharsets;

/** The lines that scripted peers say again and again. */
final class Scripts {
    static final int GO_AWAY = Frame.GO_AWAY;
    static final int HELLO = Frame.HELLO;
    static final int PING = Frame.PING;

    private Scripts() {}

    static Frame request(int code, String body) {
        return Frame.request(code).withBody(bytes(body));
    }

    static Frame oneway(int code, String body) {
        return Frame.oneway(code).withBody(bytes(body));
    }

    static Frame response(Frame request, String body) {
        return Frame.response(request, 0).withBody(bytes(body));
    }

    static Frame refusal(Frame request) {
        return Frame.refusal(request);
    }

    static Frame announcement(long graceMillis) {
        return Frame.goAway(graceMillis);
    }

    static Frame goodAnswer(Frame hello) {
        return Frame.helloAnswer(hello);
    }

    static String text(Frame frame) {
        return new String(frame.body(), StandardCharsets.UTF_8);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** As a server: takes a connection and its HELLO, which is not answered. */
    static Frame receiveHello(ScriptedPeer.Connection client) {
        Frame hello = client.receive();
        assertEquals(HELLO, hello.code(), hello::toString);
        return hello;
    }

    /** As a server: takes the next connection and makes it READY. */
    static ScriptedPeer.Connection acceptReady(ScriptedPeer server) {
        return server.acceptReady();
    }

    /** As a client: makes a connection one of a HELLO peer. */
    static ScriptedPeer.Connection sayHello(ScriptedPeer.Connection server) {
        return server.sayHello();
    }

    /** As a client that has said HELLO: takes the announcement of a drain, and answers the PING behind it. */
    static Frame receiveAnnouncement(ScriptedPeer.Connection server) {
        Frame announcement = server.receive();
        assertEquals(GO_AWAY, announcement.code(), announcement::toString);
        assertTrue(announcement.isOneway(), announcement::toString);
        Frame ping = server.receive();
        assertEquals(PING, ping.code(), ping::toString);
        server.send(Frame.response(ping, 0));
        return announcement;
    }
}
