package io.longlink.remoting.client.heartbeat;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a consumer group wants of one topic. Not thread-safe. */
public final class SubscriptionData {
    /** The {@link #setSubString expression} that takes every message. */
    public static final String SUB_ALL = "*";

    /** The {@link #setExpressionType type} of expressions that are tags. */
    public static final String TYPE_TAG = "TAG";

    private boolean classFilterMode;
    private Set<Integer> codeSet = new LinkedHashSet<>();
    private @Nullable String expressionType = TYPE_TAG;
    private @Nullable String subString;
    private long subVersion;
    private Set<String> tagsSet = new LinkedHashSet<>();
    private @Nullable String topic;

    /** An empty subscription, for reading bodies. */
    public SubscriptionData() {}

    private SubscriptionData(String topic, String subString, long subVersion) {
        this.topic = topic;
        this.subString = subString;
        this.subVersion = subVersion;
    }

    /**
     * Subscribes to the messages of a topic that have one of these tags.
     *
     * @param subVersion larger is newer; RocketMQ's clients take the time in milliseconds
     * @param tags none for every message
     */
    public static SubscriptionData ofTags(String topic, long subVersion, String... tags) {
        SubscriptionData data = new SubscriptionData(topic, tags.length == 0 ? SUB_ALL : String.join("||", tags), subVersion);
        for (String tag : tags) {
            data.tagsSet.add(tag);
            data.codeSet.add(tag.hashCode());
        }
        return data;
    }

    /** Whether a class on the broker filters; RocketMQ no longer does that. */
    public boolean isClassFilterMode() {
        return classFilterMode;
    }

    /** See {@link #isClassFilterMode()}. */
    public void setClassFilterMode(boolean classFilterMode) {
        this.classFilterMode = classFilterMode;
    }

    /** The {@link String#hashCode()} of each tag; live. */
    public Set<Integer> getCodeSet() {
        return codeSet;
    }

    /** See {@link #getCodeSet()}. */
    public void setCodeSet(Set<Integer> codeSet) {
        this.codeSet = codeSet;
    }

    /** {@code TAG} or {@code SQL92}. */
    public @Nullable String getExpressionType() {
        return expressionType;
    }

    /** {@code TAG} or {@code SQL92}. */
    public void setExpressionType(@Nullable String expressionType) {
        this.expressionType = expressionType;
    }

    /** {@code *}, or tags joined with {@code ||}, or an expression. */
    public @Nullable String getSubString() {
        return subString;
    }

    /** See {@link #getSubString()}. */
    public void setSubString(@Nullable String subString) {
        this.subString = subString;
    }

    /** Larger is newer. */
    public long getSubVersion() {
        return subVersion;
    }

    /** Larger is newer. */
    public void setSubVersion(long subVersion) {
        this.subVersion = subVersion;
    }

    /** The tags; live. */
    public Set<String> getTagsSet() {
        return tagsSet;
    }

    /** The tags. */
    public void setTagsSet(Set<String> tagsSet) {
        this.tagsSet = tagsSet;
    }

    /** The topic. */
    public @Nullable String getTopic() {
        return topic;
    }

    /** The topic. */
    public void setTopic(@Nullable String topic) {
        this.topic = topic;
    }

    @Override
    public String toString() {
        return "SubscriptionData[" + topic + ' ' + subString + ']';
    }
}
