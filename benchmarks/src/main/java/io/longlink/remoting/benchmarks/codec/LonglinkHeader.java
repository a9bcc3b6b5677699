package io.longlink.remoting.benchmarks.codec;

import io.longlink.remoting.protocol.CFNotNull;
import io.longlink.remoting.protocol.CommandCustomHeader;
import org.jspecify.annotations.Nullable;

/** Five fields of the usual types, which every contender writes and reads. */
public final class LonglinkHeader implements CommandCustomHeader {
    @CFNotNull
    private @Nullable String topic;

    @CFNotNull
    private @Nullable Integer queueId;

    @CFNotNull
    private @Nullable Long bornTimestamp;

    private @Nullable String producerGroup;
    private @Nullable Boolean batch;

    /** A filled one. */
    public static LonglinkHeader sample() {
        LonglinkHeader header = new LonglinkHeader();
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
