#!/usr/bin/env ruby
# The node in Ruby with a thread a message.
require "json"
require "securerandom"
require "set"

WRONG = ARGV == ["wrong"]
LOCK = Mutex.new
$stdout.sync = true
$me, $peers, $seen, $pending, $count = nil, [], Set.new, {}, 0

def say(dest, body)
  line = JSON.generate({ src: $me, dest: dest, body: body })
  LOCK.synchronize { $stdout.puts line }
end

def tell_again
  loop do
    sleep 0.15 + rand * 0.1
    due = LOCK.synchronize { $pending.reject { |_, rest| rest.empty? }.map { |peer, rest| [peer, rest.to_a] } }
    due.each { |peer, messages| say(peer, { type: "gossip", messages: messages }) }
  end
end

def learn(messages, source = nil)
  others = $peers - [source]
  fresh = LOCK.synchronize do
    new = messages.reject { |each| $seen.include?(each) }
    $seen.merge(new)
    others.each { |peer| $pending[peer].merge(new) } unless WRONG
    new
  end
  others.each { |peer| say(peer, { type: "gossip", messages: fresh }) } unless fresh.empty?
end

def handle(message)
  source, body = message.values_at("src", "body")
  answer = { type: body["type"] + "_ok" }
  case body["type"]
  when "init"
    $me = body["node_id"]
    $peers = body["node_ids"] - [$me]
    $peers.each { |peer| $pending[peer] = Set.new }
    Thread.new { tell_again }
  when "echo" then answer[:echo] = body["echo"]
  when "generate" then answer[:id] = WRONG ? LOCK.synchronize { $count += 1 } : SecureRandom.uuid
  when "broadcast" then learn([body["message"]])
  when "gossip"
    learn(body["messages"], source)
    answer[:messages] = body["messages"]
  when "gossip_ok" then LOCK.synchronize { $pending[source].subtract(body["messages"]) }
  when "hello" then LOCK.synchronize { $pending[source].merge($seen) }
  when "read" then answer[:messages] = LOCK.synchronize { $seen.to_a }
  end
  answer[:in_reply_to] = body["msg_id"] if body.key?("msg_id")
  say(source, answer) if body.key?("msg_id") || body["type"] == "gossip"
  $peers.each { |peer| say(peer, { type: "hello" }) } if body["type"] == "init" && !WRONG
end

while (line = $stdin.gets)
  message = JSON.parse(line)
  message["body"]["type"] == "init" ? handle(message) : Thread.new(message) { |each| handle(each) }
end
