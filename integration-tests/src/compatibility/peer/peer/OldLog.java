package peer;

import java.lang.reflect.Method;

/** RocketMQ 4 brings a logger of its own, which says nothing until it is given an appender. Later versions read rmq.logback.xml. */
final class OldLog {
    private static final String PACKAGE = "org.apache.rocketmq.logging.inner.";

    private OldLog() {}

    static void toStandardError() throws ReflectiveOperationException {
        Class<?> builder;
        try {
            builder = Class.forName(PACKAGE + "LoggingBuilder");
        } catch (ClassNotFoundException e) {
            return;
        }
        Object layout = call(call(call(builder, null, "newLayoutBuilder"), "withDefaultLayout"), "build");
        Object appender = call(builder, null, "newAppenderBuilder");
        Class<?> appenders = appender.getClass();
        appenders.getMethod("withConsoleAppender", String.class).invoke(appender, "System.err");
        appenders.getMethod("withLayout", Class.forName(PACKAGE + "Layout")).invoke(appender, layout);
        Class<?> logger = Class.forName(PACKAGE + "Logger");
        logger.getMethod("addAppender", Class.forName(PACKAGE + "Appender"))
                .invoke(call(logger, null, "getRootLogger"), call(appender, "build"));
    }

    private static Object call(Object target, String method) throws ReflectiveOperationException {
        return call(target.getClass(), target, method);
    }

    private static Object call(Class<?> type, Object target, String name) throws ReflectiveOperationException {
        Method method = type.getMethod(name);
        return method.invoke(target);
    }
}
