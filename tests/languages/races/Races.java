// As races.py: counter, cas, early, lazy and map. It understands as much of JSON as it has to.
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

final class Races {
  private static volatile long total = 0;
  private static volatile Set<Long> elements;
  private static final Map<String, String> values = new ConcurrentHashMap<>();

  /** The value of a field, as it stands there; empty when there is none. */
  private static String field(String line, String name) {
    Matcher found = Pattern.compile("\"" + name + "\":\\s*(\"[^\"]*\"|[^,}]*)").matcher(line);
    return found.find() ? found.group(1) : "";
  }

  private static void reply(String line, String body) {
    String text = "{\"src\":" + field(line, "dest") + ",\"dest\":" + field(line, "src") + ",\"body\":{" + body
        + ",\"in_reply_to\":" + field(line, "msg_id") + "}}";
    synchronized (System.out) {
      System.out.println(text);
      System.out.flush();
    }
  }

  private static void error(String line, int code) {
    reply(line, "\"type\":\"error\",\"text\":\"no\",\"code\":" + code);
  }

  private static void handle(String line, String race) {
    String type = field(line, "type").replace("\"", "");
    String key = field(line, "key");
    switch (type) {
      case "add" -> {
        long seen = total;
        System.err.println("adding to " + seen);
        total = seen + Long.parseLong(field(line, "delta"));
        reply(line, "\"type\":\"add_ok\"");
      }
      case "write" -> {
        if (race.equals("early")) {
          reply(line, "\"type\":\"write_ok\"");
          System.err.println("key " + key + " will be written");
          values.put(key, field(line, "value"));
          return;
        }
        values.put(key, field(line, "value"));
        reply(line, "\"type\":\"write_ok\"");
      }
      case "cas" -> {
        if (!values.containsKey(key)) {
          error(line, 20);
        } else if (!values.get(key).equals(field(line, "from"))) {
          error(line, 22);
        } else {
          System.err.println("key " + key + " has the value " + field(line, "from"));
          values.put(key, field(line, "to"));
          reply(line, "\"type\":\"cas_ok\"");
        }
      }
      case "broadcast" -> {
        if (race.equals("map")) {
          String book = field(line, "message");
          String shelf = Long.parseLong(book) % 2 == 0 ? "even" : "odd";
          String books = values.getOrDefault(shelf, "");
          System.err.println(books.length() + " bytes on the " + shelf + " shelf");
          values.put(shelf, books.isEmpty() ? book : books + "," + book);
          reply(line, "\"type\":\"broadcast_ok\"");
          return;
        }
        if (elements == null) {
          System.err.println("the first");
          elements = new ConcurrentSkipListSet<>();
        }
        elements.add(Long.valueOf(field(line, "message")));
        reply(line, "\"type\":\"broadcast_ok\"");
      }
      case "read" -> {
        if (race.equals("counter")) {
          reply(line, "\"type\":\"read_ok\",\"value\":" + total);
        } else if (race.equals("map")) {
          reply(line, "\"type\":\"read_ok\",\"messages\":["
              + String.join(",", new java.util.TreeMap<>(values).values()) + "]");
        } else if (race.equals("lazy")) {
          reply(line, "\"type\":\"read_ok\",\"messages\":" + (elements == null ? "[]" : elements));
        } else if (values.containsKey(key)) {
          reply(line, "\"type\":\"read_ok\",\"value\":" + values.get(key));
        } else {
          error(line, 20);
        }
      }
      default -> reply(line, "\"type\":\"" + type + "_ok\"");
    }
  }

  public static void main(String[] arguments) throws IOException {
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      String message = line;
      new Thread(() -> handle(message, arguments[0])).start();
    }
  }
}
