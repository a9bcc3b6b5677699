package peer;

import java.lang.reflect.Method;
import java.util.List;

/** Calls the setters of a config object by name: which settings there are depends on the library. */
final class Settings {
    private Settings() {}

    /** @param settings each "name=value" */
    static void apply(List<String> settings, Object config) throws ReflectiveOperationException {
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            set(config, setting.substring(0, equals), setting.substring(equals + 1));
        }
    }

    private static void set(Object config, String name, String value) throws ReflectiveOperationException {
        String setter = "set" + Character.toUpperCase(name.charAt(0)) + name.substring(1);
        for (Method method : config.getClass().getMethods()) {
            if (method.getName().equals(setter) && method.getParameterCount() == 1) {
                method.invoke(config, parse(value, method.getParameterTypes()[0]));
                return;
            }
        }
        throw new IllegalArgumentException("no setting " + name);
    }

    private static Object parse(String value, Class<?> type) throws ReflectiveOperationException {
        if (type == int.class) {
            return Integer.parseInt(value);
        }
        if (type == long.class) {
            return Long.parseLong(value);
        }
        if (type == boolean.class) {
            return Boolean.parseBoolean(value);
        }
        return type.isEnum() ? type.getMethod("valueOf", String.class).invoke(null, value) : value;
    }
}
