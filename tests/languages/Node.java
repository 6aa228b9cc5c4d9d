// The node in Java with a thread a message. It understands as much of JSON as it has to.
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

final class Node {
  private final boolean wrong;
  private String me;
  private final List<String> peers = new ArrayList<>();
  private final Set<Long> seen = new HashSet<>();
  private final Map<String, Set<Long>> pending = new HashMap<>();
  private long count;

  private Node(boolean wrong) { this.wrong = wrong; }

  /** The value of a field, as it stands there; null when there is none. */
  private static String field(String line, String name) {
    Matcher found = Pattern.compile("\"" + name + "\":\\s*(\"[^\"]*\"|\\[[^\\]]*\\]|[^,}]*)").matcher(line);
    return found.find() ? found.group(1) : null;
  }

  private static String text(String value) { return value.replace("\"", ""); }

  private static List<Long> numbers(String value) {
    List<Long> all = new ArrayList<>();
    for (String each : value.replaceAll("[\\[\\] ]", "").split(",")) if (!each.isEmpty()) all.add(Long.valueOf(each));
    return all;
  }

  private void send(String dest, String body) {
    String line = "{\"src\":\"" + me + "\",\"dest\":\"" + dest + "\",\"body\":{" + body + "}}";
    synchronized (System.out) {
      System.out.println(line);
      System.out.flush();
    }
  }

  private void gossip(String peer, Object messages) {
    send(peer, "\"type\":\"gossip\",\"messages\":" + messages.toString().replace(" ", ""));
  }

  private void tellAgain() {
    for (;;) {
      try {
        Thread.sleep(150 + ThreadLocalRandom.current().nextInt(100));
      } catch (InterruptedException end) {
        return;
      }
      Map<String, List<Long>> due = new HashMap<>();
      synchronized (this) {
        pending.forEach((peer, rest) -> due.put(peer, new ArrayList<>(rest)));
      }
      due.forEach((peer, messages) -> {
        if (!messages.isEmpty()) gossip(peer, messages);
      });
    }
  }

  private void learn(List<Long> messages, String source) {
    List<Long> fresh = new ArrayList<>();
    synchronized (this) {
      for (Long each : messages) if (seen.add(each)) fresh.add(each);
      for (String peer : peers) if (!peer.equals(source) && !wrong) pending.get(peer).addAll(fresh);
    }
    if (fresh.isEmpty()) return;
    for (String peer : peers) if (!peer.equals(source)) gossip(peer, fresh);
  }

  private void handle(String line) {
    String source = text(field(line, "src"));
    String type = text(field(line, "type"));
    String id = field(line, "msg_id");
    String more = "";
    switch (type) {
      case "init" -> {
        me = text(field(line, "node_id"));
        for (String each : text(field(line, "node_ids")).replaceAll("[\\[\\] ]", "").split(",")) {
          if (each.equals(me)) continue;
          peers.add(each);
          pending.put(each, new HashSet<>());
        }
        Thread timer = new Thread(this::tellAgain);
        timer.setDaemon(true);
        timer.start();
      }
      case "echo" -> more = ",\"echo\":" + field(line, "echo");
      case "generate" -> {
        synchronized (this) {
          more = ",\"id\":" + (wrong ? "" + ++count : "\"" + UUID.randomUUID() + "\"");
        }
      }
      case "broadcast" -> learn(numbers(field(line, "message")), "");
      case "gossip" -> {
        learn(numbers(field(line, "messages")), source);
        more = ",\"messages\":" + field(line, "messages");
      }
      case "gossip_ok" -> {
        synchronized (this) {
          numbers(field(line, "messages")).forEach(pending.get(source)::remove);
        }
        return;
      }
      case "hello" -> {
        synchronized (this) {
          pending.get(source).addAll(seen);
        }
        return;
      }
      case "read" -> {
        synchronized (this) {
          more = ",\"messages\":" + seen.toString().replace(" ", "");
        }
      }
      default -> { }
    }
    send(source, "\"type\":\"" + type + "_ok\"" + more + (id == null ? "" : ",\"in_reply_to\":" + id));
    if (type.equals("init") && !wrong) for (String peer : peers) send(peer, "\"type\":\"hello\"");
  }

  public static void main(String[] arguments) throws IOException {
    Node node = new Node(arguments.length > 0 && arguments[0].equals("wrong"));
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      String message = line;
      if (message.contains("\"init\"")) {
        node.handle(message);
      } else {
        new Thread(() -> node.handle(message)).start();
      }
    }
  }
}
