package io.longlink.remoting.client.heartbeat;

import io.longlink.remoting.protocol.CommandCustomHeader;

/** The header of HEART_BEAT, whose parameters are all in the body: without a field, so that JSON says {@code "extFields":{}}. */
final class HeartbeatRequestHeader implements CommandCustomHeader {

    @Override
    public void checkFields() {}
}
