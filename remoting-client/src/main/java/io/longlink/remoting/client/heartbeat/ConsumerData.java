package io.longlink.remoting.client.heartbeat;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One consumer group of a {@link HeartbeatData}. Not thread-safe. */
public final class ConsumerData {
    private @Nullable ConsumeFromWhere consumeFromWhere = ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET;
    private @Nullable ConsumeType consumeType = ConsumeType.CONSUME_PASSIVELY;
    private @Nullable String groupName;
    private @Nullable MessageModel messageModel = MessageModel.CLUSTERING;
    private Set<SubscriptionData> subscriptionDataSet = new LinkedHashSet<>();
    private boolean unitMode;

    /** A group without a name, for reading bodies. */
    public ConsumerData() {}

    /** A group that shares its messages, gets them pushed and begins with what comes next, until it is told otherwise. */
    public ConsumerData(String groupName) {
        this.groupName = groupName;
    }

    /** Where it begins. */
    public @Nullable ConsumeFromWhere getConsumeFromWhere() {
        return consumeFromWhere;
    }

    /** Where it begins. */
    public void setConsumeFromWhere(@Nullable ConsumeFromWhere consumeFromWhere) {
        this.consumeFromWhere = consumeFromWhere;
    }

    /** How it gets messages. */
    public @Nullable ConsumeType getConsumeType() {
        return consumeType;
    }

    /** How it gets messages. */
    public void setConsumeType(@Nullable ConsumeType consumeType) {
        this.consumeType = consumeType;
    }

    /** Its name. */
    public @Nullable String getGroupName() {
        return groupName;
    }

    /** Its name. */
    public void setGroupName(@Nullable String groupName) {
        this.groupName = groupName;
    }

    /** Who of it gets a message. */
    public @Nullable MessageModel getMessageModel() {
        return messageModel;
    }

    /** Who of it gets a message. */
    public void setMessageModel(@Nullable MessageModel messageModel) {
        this.messageModel = messageModel;
    }

    /** What it wants, one entry per topic; live. */
    public Set<SubscriptionData> getSubscriptionDataSet() {
        return subscriptionDataSet;
    }

    /** See {@link #getSubscriptionDataSet()}. */
    public void setSubscriptionDataSet(Set<SubscriptionData> subscriptionDataSet) {
        this.subscriptionDataSet = subscriptionDataSet;
    }

    /** Whether it belongs to one unit of several sites. */
    public boolean isUnitMode() {
        return unitMode;
    }

    /** See {@link #isUnitMode()}. */
    public void setUnitMode(boolean unitMode) {
        this.unitMode = unitMode;
    }

    @Override
    public String toString() {
        return "ConsumerData[" + groupName + ' ' + subscriptionDataSet + ']';
    }
}
