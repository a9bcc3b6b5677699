package io.longlink.remoting.compatibility;

import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What becomes of the public names of RocketMQ's remoting in ours: the same, changed or absent. */
final class ApiComparison {

    /** What becomes of a name. */
    enum Fate { SAME, CHANGED, ABSENT }

    /**
     * A public member of a public class.
     *
     * @param type simple name of the class
     * @param member name of a method, constant or constructor; overloads together
     */
    record Name(String type, String member, Fate fate) {
        @Override
        public String toString() {
            return type + "." + member;
        }
    }

    private ApiComparison() {}

    /** The names of a class of theirs; {@code null} stands for a class that we do not have. */
    static List<Name> compare(Class<?> theirs, Class<?> ours) {
        SortedMap<String, List<String>> wanted = signatures(theirs);
        SortedMap<String, List<String>> given = ours == null ? new TreeMap<>() : signatures(ours);
        List<Name> names = new ArrayList<>();
        wanted.forEach((member, signatures) -> {
            List<String> mine = given.get(member);
            Fate fate = mine == null ? Fate.ABSENT : Set.copyOf(mine).containsAll(signatures) ? Fate.SAME : Fate.CHANGED;
            names.add(new Name(theirs.getSimpleName(), member, fate));
        });
        return names;
    }

    /** What callers write: name and parameters. A method that returns something where theirs returns nothing is as good. */
    private static SortedMap<String, List<String>> signatures(Class<?> type) {
        Stream<Member> methods = Arrays.<Member>stream(type.getMethods()).filter(ApiComparison::isOwn);
        Stream<Member> others = Stream.concat(Arrays.stream(type.getFields()), Arrays.stream(type.getConstructors()));
        return Stream.concat(methods, others)
                .collect(Collectors.groupingBy(
                        ApiComparison::name, TreeMap::new, Collectors.mapping(ApiComparison::parameters, Collectors.toList())));
    }

    private static boolean isOwn(Member method) {
        return method.getDeclaringClass() != Object.class
                && !method.isSynthetic()
                && !method.getDeclaringClass().getName().startsWith("java.");
    }

    private static String name(Member member) {
        return member instanceof Constructor<?> ? "new" : member.getName();
    }

    private static String parameters(Member member) {
        if (member instanceof Field) {
            return Modifier.isStatic(member.getModifiers()) ? "constant" : "field";
        }
        Class<?>[] types = ((Executable) member).getParameterTypes();
        String parameters = Arrays.stream(types).map(Class::getSimpleName).collect(Collectors.joining(","));
        return (Modifier.isStatic(member.getModifiers()) && member instanceof Method ? "static " : "") + parameters;
    }
}
