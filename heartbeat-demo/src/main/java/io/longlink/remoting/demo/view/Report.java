package io.longlink.remoting.demo.view;

import io.longlink.remoting.demo.story.Picture;
import io.longlink.remoting.demo.story.Result;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a page is made of. Immutable.
 *
 * @param title what was played
 * @param arguments the command line
 * @param environment where and when, in order
 */
public record Report(
        String title, Result result, Picture picture, String arguments, Map<String, String> environment) {

    /** Copies the map. */
    public Report {
        environment = new LinkedHashMap<>(environment);
    }

    /** This JVM, this machine, and when the picture began. */
    public static Map<String, String> environment(Picture picture) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("Date", DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss xxx", Locale.ROOT)
                .format(ZonedDateTime.ofInstant(picture.began(), ZoneId.systemDefault())));
        environment.put("Java", System.getProperty("java.vm.name") + " " + Runtime.version());
        environment.put("System", System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                + System.getProperty("os.arch"));
        environment.put("Processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        return environment;
    }
}
