package io.longlink.remoting.netty;

import com.alibaba.fastjson2.JSON;
import com.alibaba.fastjson2.JSONArray;
import com.alibaba.fastjson2.JSONObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** The frames to check: from the directory in system property {@code wire.dir}, else the ones that come with the tests. */
final class WireFiles {
    /** Where the command was typed; the tests run in their module's directory. A path that is absolute stays itself. */
    private static final Path ROOT = Path.of("..");

    private WireFiles() {}

    static List<JSONObject> read(String file) {
        List<JSONObject> lines = new ArrayList<>();
        for (String line : text(file).lines().toList()) {
            if (!line.isBlank()) {
                lines.add(JSON.parseObject(line));
            }
        }
        if (lines.isEmpty()) {
            throw new IllegalStateException(file + " holds no frames");
        }
        return lines;
    }

    private static String text(String file) {
        String directory = System.getProperty("wire.dir");
        try {
            if (directory != null) {
                return Files.readString(ROOT.resolve(directory).resolve(file));
            }
            try (InputStream in = WireFiles.class.getResourceAsStream("/wire/" + file)) {
                if (in == null) {
                    throw new IllegalStateException("no resource wire/" + file);
                }
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + " of wire.dir " + directory, e);
        }
    }

    static byte[] repeated(String hex, int count) {
        byte[] part = HexFormat.of().parseHex(hex);
        byte[] whole = new byte[part.length * count];
        if (part.length == 1) {
            Arrays.fill(whole, part[0]);
            return whole;
        }
        for (int i = 0; i < count; i++) {
            System.arraycopy(part, 0, whole, i * part.length, part.length);
        }
        return whole;
    }

    /** A hostile frame, whole or from its recipe. */
    static byte[] hostileFrame(JSONObject line) {
        String hex = line.getString("frameHex");
        if (hex != null) {
            return HexFormat.of().parseHex(hex);
        }
        JSONArray recipe = line.getJSONArray("frameRecipe");
        List<byte[]> parts = new ArrayList<>();
        for (int i = 0; i < recipe.size(); i++) {
            parts.add(repeated(recipe.getJSONObject(i).getString("hex"), recipe.getJSONObject(i).getIntValue("repeat")));
        }
        byte[] whole = new byte[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, whole, at, part.length);
            at += part.length;
        }
        return whole;
    }
}
