import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A node for Maelstrom, on nothing but Java's standard library. Messages are handled one after the other. */
public class Node {
  private final Map<String, Consumer<Message>> handlers = new HashMap<>();
  private final PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
  private String id = "";
  private List<Object> ids = List.of();

  /** A message: who sent it, and what it says. Whole numbers in it are Long. */
  public record Message(String src, Map<String, Object> body) {}

  /** Names the function that handles messages of a type. */
  public void on(String kind, Consumer<Message> handler) {
    handlers.put(kind, handler);
  }

  /** Sends a message to a node, a client or a service such as lin-kv. */
  public void send(String dest, Map<String, Object> body) {
    out.print(Json.write(Map.of("src", id, "dest", dest, "body", body)) + "\n");
    out.flush(); // otherwise the line would wait in a buffer, and nobody would ever see it
  }

  /** Answers a request. */
  public void reply(Message request, Map<String, Object> body) {
    Map<String, Object> answer = new LinkedHashMap<>(body);
    answer.put("in_reply_to", request.body().get("msg_id"));
    send(request.src(), answer);
  }

  /** Handles messages until standard input ends. */
  @SuppressWarnings("unchecked")
  public void run() throws IOException {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      Map<String, Object> envelope = (Map<String, Object>) Json.read(line);
      Message message = new Message((String) envelope.get("src"), (Map<String, Object>) envelope.get("body"));
      String kind = (String) message.body().get("type");
      Consumer<Message> handler = handlers.get(kind);
      if (handler != null) {
        handler.accept(message);
      } else if (message.body().containsKey("msg_id")) {
        reply(message, Map.of("type", "error", "code", 10, "text", "no handler for " + kind));
      }
    }
  }

  @SuppressWarnings("unchecked")
  public static void main(String[] args) throws IOException {
    Node node = new Node();

    node.on("init", request -> {
      node.id = (String) request.body().get("node_id");
      node.ids = (List<Object>) request.body().get("node_ids");
      node.reply(request, Map.of("type", "init_ok"));
    });

    // Challenge 1: the request comes back as it is.
    node.on("echo", request -> node.reply(request, Map.of("type", "echo_ok", "echo", request.body().get("echo"))));

    // Challenge 3a, broadcast, goes here: node.on for "topology", "broadcast" and "read", which are answered with
    // topology_ok, broadcast_ok and read_ok {"messages": [...]}. Logs go to standard error: System.err.println.

    node.run();
  }
}
