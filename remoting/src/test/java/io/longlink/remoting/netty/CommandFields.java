package io.longlink.remoting.netty;

import com.alibaba.fastjson2.JSONObject;
import io.longlink.remoting.protocol.LanguageCode;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.SerializeType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;

/** The {@code command} objects of the wire files as commands and back. */
final class CommandFields {
    private CommandFields() {}

    static RemotingCommand build(JSONObject fields, SerializeType type) {
        RemotingCommand command = RemotingCommand.createRequestCommand(fields.getIntValue("code"), null);
        command.setLanguage(language(fields));
        command.setVersion(fields.getIntValue("version"));
        command.setOpaque(fields.getIntValue("opaque"));
        command.setFlag(fields.getIntValue("flag"));
        command.setRemark(remark(fields));
        command.setExtFields(extFields(fields));
        command.setBody(body(fields));
        command.setSerializeTypeCurrentRPC(type);
        return command;
    }

    /** What differs between a command and the fields that are listed; empty if nothing does. */
    static String difference(JSONObject fields, RemotingCommand actual) {
        StringBuilder out = new StringBuilder();
        compare(out, fields, "code", fields.getInteger("code"), actual.getCode());
        compare(out, fields, "language", language(fields), actual.getLanguage());
        compare(out, fields, "version", fields.getInteger("version"), actual.getVersion());
        compare(out, fields, "opaque", fields.getInteger("opaque"), actual.getOpaque());
        compare(out, fields, "flag", fields.getInteger("flag"), actual.getFlag());
        compare(out, fields, "remark", remark(fields), actual.getRemark());
        compare(out, fields, "extFields", extFields(fields), actual.getExtFields());
        int length = actual.getBody() == null ? 0 : actual.getBody().length;
        compare(out, fields, "bodyLength", fields.getInteger("bodyLength"), length);
        boolean bodyListed = fields.containsKey("bodyRepeat") || (fields.containsKey("bodyHex") && !fields.containsKey("bodyLength"));
        if (bodyListed && !Arrays.equals(body(fields), actual.getBody())) {
            out.append(" body of ").append(length).append(" bytes;");
        }
        return out.toString();
    }

    private static void compare(StringBuilder out, JSONObject fields, String key, Object expected, Object actual) {
        boolean listed = fields.containsKey(key) || (key.equals("remark") && fields.containsKey("remarkRepeat"));
        if (listed && !Objects.equals(expected, actual)) {
            out.append(' ').append(key).append(" is <").append(shortened(actual)).append("> not <").append(shortened(expected)).append(">;");
        }
    }

    private static String shortened(Object value) {
        String text = String.valueOf(value);
        return text.length() <= 200 ? text : text.substring(0, 200) + "...(" + text.length() + ")";
    }

    private static LanguageCode language(JSONObject fields) {
        String name = fields.getString("language");
        return name == null ? LanguageCode.OTHER : LanguageCode.valueOf(name);
    }

    private static String remark(JSONObject fields) {
        JSONObject repeat = fields.getJSONObject("remarkRepeat");
        return repeat == null ? fields.getString("remark") : repeat.getString("text").repeat(repeat.getIntValue("count"));
    }

    private static Map<String, String> extFields(JSONObject fields) {
        JSONObject listed = fields.getJSONObject("extFields");
        if (listed == null) {
            return null;
        }
        Map<String, String> map = new HashMap<>();
        for (String key : listed.keySet()) {
            map.put(key, listed.getString(key));
        }
        return map;
    }

    private static byte[] body(JSONObject fields) {
        JSONObject repeat = fields.getJSONObject("bodyRepeat");
        if (repeat != null) {
            return WireFiles.repeated(repeat.getString("hex"), repeat.getIntValue("count"));
        }
        String hex = fields.getString("bodyHex");
        return hex == null ? null : HexFormat.of().parseHex(hex);
    }
}
