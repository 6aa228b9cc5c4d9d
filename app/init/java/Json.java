import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON as Map, List, String, Long, Double, Boolean and null. */
final class Json {
  private final String text;
  private int at = 0;

  private Json(String text) {
    this.text = text;
  }

  /** Throws IllegalArgumentException for what is no JSON. */
  static Object read(String text) {
    Json json = new Json(text);
    Object value = json.value();
    if (json.peek() != 0) throw json.wrong();
    return value;
  }

  static String write(Object value) {
    StringBuilder out = new StringBuilder();
    write(out, value);
    return out.toString();
  }

  private static void write(StringBuilder out, Object value) {
    if (value instanceof String string) {
      quote(out, string);
    } else if (value instanceof Map<?, ?> map) {
      String separator = "{";
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        out.append(separator);
        quote(out, String.valueOf(entry.getKey()));
        out.append(':');
        write(out, entry.getValue());
        separator = ",";
      }
      out.append(map.isEmpty() ? "{}" : "}");
    } else if (value instanceof Iterable<?> list) {
      out.append('[');
      String separator = "";
      for (Object each : list) {
        out.append(separator);
        write(out, each);
        separator = ",";
      }
      out.append(']');
    } else {
      out.append(value); // numbers, booleans and null
    }
  }

  private static void quote(StringBuilder out, String string) {
    out.append('"');
    for (char c : string.toCharArray()) {
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  private IllegalArgumentException wrong() {
    return new IllegalArgumentException("no JSON at " + at + ": " + text);
  }

  /** The next character that is no blank; 0 at the end. */
  private char peek() {
    while (at < text.length() && text.charAt(at) <= ' ') at++;
    return at < text.length() ? text.charAt(at) : 0;
  }

  private boolean take(char c) {
    if (peek() != c) return false;
    at++;
    return true;
  }

  private void demand(char c) {
    if (!take(c)) throw wrong();
  }

  private Object value() {
    switch (peek()) {
      case '{': return object();
      case '[': return array();
      case '"': return string();
      case 't': return word("true", true);
      case 'f': return word("false", false);
      case 'n': return word("null", null);
      default: return number();
    }
  }

  private Object word(String word, Object value) {
    if (!text.startsWith(word, at)) throw wrong();
    at += word.length();
    return value;
  }

  private Object number() {
    int begin = at;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) at++;
    String digits = text.substring(begin, at);
    if (digits.isEmpty()) throw wrong();
    return digits.matches("-?[0-9]+") ? (Object) Long.valueOf(digits) : (Object) Double.valueOf(digits);
  }

  private Map<String, Object> object() {
    Map<String, Object> map = new LinkedHashMap<>();
    demand('{');
    if (take('}')) return map;
    do {
      if (peek() != '"') throw wrong();
      String key = string();
      demand(':');
      map.put(key, value());
    } while (take(','));
    demand('}');
    return map;
  }

  private List<Object> array() {
    List<Object> list = new ArrayList<>();
    demand('[');
    if (take(']')) return list;
    do {
      list.add(value());
    } while (take(','));
    demand(']');
    return list;
  }

  private String string() {
    StringBuilder out = new StringBuilder();
    demand('"');
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') return out.toString();
      out.append(c == '\\' ? escape() : c);
    }
    throw wrong();
  }

  private char escape() {
    if (at >= text.length()) throw wrong();
    char c = text.charAt(at++);
    switch (c) {
      case 'n': return '\n';
      case 't': return '\t';
      case 'r': return '\r';
      case 'b': return '\b';
      case 'f': return '\f';
      case 'u':
        if (at + 4 > text.length()) throw wrong();
        at += 4;
        return (char) Integer.parseInt(text.substring(at - 4, at), 16);
      default: return c;
    }
  }
}
