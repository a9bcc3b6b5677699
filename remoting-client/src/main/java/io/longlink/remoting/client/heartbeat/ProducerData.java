package io.longlink.remoting.client.heartbeat;

import org.jspecify.annotations.Nullable;

/** One producer group of a {@link HeartbeatData}. Not thread-safe. */
public final class ProducerData {
    private @Nullable String groupName;

    /** A group without a name, for reading bodies. */
    public ProducerData() {}

    /** A group. */
    public ProducerData(String groupName) {
        this.groupName = groupName;
    }

    /** Its name. */
    public @Nullable String getGroupName() {
        return groupName;
    }

    /** Its name. */
    public void setGroupName(@Nullable String groupName) {
        this.groupName = groupName;
    }

    @Override
    public String toString() {
        return "ProducerData[" + groupName + ']';
    }
}
