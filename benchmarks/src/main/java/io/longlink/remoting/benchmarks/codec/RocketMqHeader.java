package io.longlink.remoting.benchmarks.codec;

import org.apache.rocketmq.remoting.CommandCustomHeader;
import org.apache.rocketmq.remoting.annotation.CFNotNull;
import org.jspecify.annotations.Nullable;

/** The fields of {@link LonglinkHeader}. Public, because RocketMQ's remoting makes it by reflection. */
public final class RocketMqHeader implements CommandCustomHeader {
    @CFNotNull
    private @Nullable String topic;

    @CFNotNull
    private @Nullable Integer queueId;

    @CFNotNull
    private @Nullable Long bornTimestamp;

    private @Nullable String producerGroup;
    private @Nullable Boolean batch;

    /** A filled one. */
    public static RocketMqHeader sample() {
        RocketMqHeader header = new RocketMqHeader();
        header.topic = "orders";
        header.queueId = 7;
        header.bornTimestamp = 1_700_000_000_000L;
        header.producerGroup = "checkout";
        header.batch = Boolean.FALSE;
        return header;
    }

    /** Whether every field has a value. */
    public boolean isComplete() {
        return topic != null && queueId != null && bornTimestamp != null && producerGroup != null && batch != null;
    }

    @Override
    public void checkFields() {}
}
