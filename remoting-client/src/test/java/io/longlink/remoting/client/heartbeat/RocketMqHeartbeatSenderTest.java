package io.longlink.remoting.client.heartbeat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.RemotingSerializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** PROTOCOL section 10. */
class RocketMqHeartbeatSenderTest {
    private static final String FULL = "{\"clientID\":\"10.0.0.1@42#1\","
            + "\"consumerDataSet\":[{\"consumeFromWhere\":\"CONSUME_FROM_LAST_OFFSET\",\"consumeType\":\"CONSUME_PASSIVELY\","
            + "\"groupName\":\"CG\",\"messageModel\":\"CLUSTERING\","
            + "\"subscriptionDataSet\":[{\"classFilterMode\":false,\"codeSet\":[2598919],\"expressionType\":\"TAG\",\"subString\":\"TagA\","
            + "\"subVersion\":1700000000000,\"tagsSet\":[\"TagA\"],\"topic\":\"TopicTest\"}],"
            + "\"unitMode\":false}],"
            + "\"heartbeatFingerprint\":0,"
            + "\"producerDataSet\":[{\"groupName\":\"PG\"}],"
            + "\"withoutSub\":false}";

    private final FakeClient client = new FakeClient();

    private static HeartbeatData full() {
        HeartbeatData data = new HeartbeatData("10.0.0.1@42#1");
        ConsumerData consumer = new ConsumerData("CG");
        consumer.getSubscriptionDataSet().add(SubscriptionData.ofTags("TopicTest", 1_700_000_000_000L, "TagA"));
        data.getConsumerDataSet().add(consumer);
        data.getProducerDataSet().add(new ProducerData("PG"));
        return data;
    }

    @Test
    void body_isRocketMqsToTheByte() {
        assertEquals(FULL, new String(full().encode(), StandardCharsets.UTF_8));
    }

    @Test
    void body_ofNothing_leavesNullsOut() {
        assertEquals(
                "{\"consumerDataSet\":[],\"heartbeatFingerprint\":0,\"producerDataSet\":[],\"withoutSub\":false}",
                new HeartbeatData().toJson());
    }

    @Test
    void body_isReadAgain() {
        HeartbeatData read = RemotingSerializable.decode(FULL.getBytes(StandardCharsets.UTF_8), HeartbeatData.class);
        assertNotNull(read);
        assertEquals("10.0.0.1@42#1", read.getClientID());
        ConsumerData consumer = read.getConsumerDataSet().iterator().next();
        assertEquals(MessageModel.CLUSTERING, consumer.getMessageModel());
        assertEquals(ConsumeType.CONSUME_PASSIVELY, consumer.getConsumeType());
        assertEquals(ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET, consumer.getConsumeFromWhere());
        assertEquals(FULL, read.toJson());
    }

    @Test
    void subscription_ofTags_isOneOfThemOrEverything() {
        SubscriptionData two = SubscriptionData.ofTags("T", 1, "TagA", "TagB");
        assertEquals("TagA||TagB", two.getSubString());
        assertEquals(Set.of("TagA".hashCode(), "TagB".hashCode()), two.getCodeSet());
        assertEquals("*", SubscriptionData.ofTags("T", 1).getSubString());
        assertTrue(SubscriptionData.ofTags("T", 1).getTagsSet().isEmpty());
    }

    @Test
    void send_asksWith34_anEmptyHeaderAndTheDataOfTheMoment() throws Exception {
        HeartbeatData data = new HeartbeatData("one");
        RocketMqHeartbeatSender sender = new RocketMqHeartbeatSender(() -> data);
        CompletableFuture<HeartbeatResult> result =
                sender.send(new Targets.OfClient(client, "10.0.0.1:10911", 1_234)).toCompletableFuture();

        FakeClient.Call call = client.last();
        assertEquals("10.0.0.1:10911", call.address());
        assertEquals(1_234, call.timeoutMillis());
        assertEquals(34, call.request().getCode());
        assertFalse(call.request().isOnewayRPC());
        ByteBuffer frame = call.request().encode();
        String text = StandardCharsets.ISO_8859_1.decode(frame.duplicate()).toString();
        assertTrue(text.contains("\"extFields\":{}"), text);
        RemotingCommand received = RemotingCommand.decode(frame.position(4));
        assertEquals("one", RemotingSerializable.decode(received.getBody(), HeartbeatData.class).getClientID());

        assertFalse(result.isDone());
        call.succeed();
        assertTrue(result.join().isSuccess());

        data.setClientID("two");
        CompletableFuture<HeartbeatResult> second =
                sender.send(new Targets.OfClient(client, "10.0.0.1:10911", 1_234)).toCompletableFuture();
        assertEquals("two", RemotingSerializable.decode(client.last().request().getBody(), HeartbeatData.class).getClientID());
        client.last().respond(1);
        assertEquals(new HeartbeatResult(1, "remark 1"), second.join());
        assertFalse(second.join().isSuccess());
    }
}
