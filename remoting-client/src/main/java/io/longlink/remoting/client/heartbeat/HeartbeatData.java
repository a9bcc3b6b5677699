package io.longlink.remoting.client.heartbeat;

import io.longlink.remoting.protocol.RemotingSerializable;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who a client is and what it does, as RocketMQ's brokers read it: the body of HEART_BEAT (PROTOCOL section 10). Not thread-safe; what is
 * not set keeps RocketMQ's defaults, and a fingerprint of 0 means that every beat says everything.
 */
public final class HeartbeatData extends RemotingSerializable {
    private @Nullable String clientId;
    private Set<ConsumerData> consumerDataSet = new LinkedHashSet<>();
    private int heartbeatFingerprint;
    private Set<ProducerData> producerDataSet = new LinkedHashSet<>();
    private boolean withoutSub;

    /** A client without a name, for reading bodies. */
    public HeartbeatData() {}

    /** @param clientId unlike that of every other client of its groups; RocketMQ's look like {@code 10.0.0.1@42#1} */
    public HeartbeatData(String clientId) {
        this.clientId = clientId;
    }

    /** The client's name among its groups. */
    public @Nullable String getClientID() {
        return clientId;
    }

    /** The client's name among its groups. */
    public void setClientID(@Nullable String clientId) {
        this.clientId = clientId;
    }

    /** Its consumer groups; live. */
    public Set<ConsumerData> getConsumerDataSet() {
        return consumerDataSet;
    }

    /** Its consumer groups. */
    public void setConsumerDataSet(Set<ConsumerData> consumerDataSet) {
        this.consumerDataSet = consumerDataSet;
    }

    /** A stable number for what is subscribed, or 0 to say everything with every beat. */
    public int getHeartbeatFingerprint() {
        return heartbeatFingerprint;
    }

    /** See {@link #getHeartbeatFingerprint()}. */
    public void setHeartbeatFingerprint(int heartbeatFingerprint) {
        this.heartbeatFingerprint = heartbeatFingerprint;
    }

    /** Its producer groups; live. */
    public Set<ProducerData> getProducerDataSet() {
        return producerDataSet;
    }

    /** Its producer groups. */
    public void setProducerDataSet(Set<ProducerData> producerDataSet) {
        this.producerDataSet = producerDataSet;
    }

    /** Whether the subscriptions are left out because the broker knows them by the fingerprint. */
    public boolean isWithoutSub() {
        return withoutSub;
    }

    /** See {@link #isWithoutSub()}. */
    public void setWithoutSub(boolean withoutSub) {
        this.withoutSub = withoutSub;
    }

    @Override
    public String toString() {
        return "HeartbeatData[" + clientId + ", " + producerDataSet + ", " + consumerDataSet + ']';
    }
}
