#!/usr/bin/env ruby
# A node for Maelstrom, on nothing but Ruby's standard library.

require 'json'

# Knows its own name and that of every node. Messages are handled one after the other.
class Node
  attr_reader :id, :ids

  def initialize
    @handlers = {}
    # Otherwise lines would wait in a buffer, and nobody would ever see them.
    $stdout.sync = true
    on('init') do |request|
      @id = request['body']['node_id']
      @ids = request['body']['node_ids']
      reply(request, type: 'init_ok')
    end
  end

  # Names the block that handles messages of a type.
  def on(kind, &handler)
    @handlers[kind] = handler
  end

  # Sends a message to a node, a client or a service such as lin-kv.
  def send_to(dest, body)
    $stdout.puts JSON.generate(src: @id, dest: dest, body: body)
  end

  # Answers a request.
  def reply(request, body)
    send_to(request['src'], body.merge(in_reply_to: request['body']['msg_id']))
  end

  # Handles messages until standard input ends.
  def run
    $stdin.each_line do |line|
      message = JSON.parse(line)
      kind = message['body']['type']
      if @handlers.key?(kind)
        @handlers[kind].call(message)
      elsif message['body'].key?('msg_id')
        reply(message, type: 'error', code: 10, text: "no handler for #{kind}")
      end
    end
  end
end

node = Node.new

# Challenge 1: the request comes back as it is.
node.on('echo') do |request|
  node.reply(request, type: 'echo_ok', echo: request['body']['echo'])
end

# Challenge 3a, broadcast, goes here: node.on for 'topology', 'broadcast' and 'read', which are answered with
# topology_ok, broadcast_ok and read_ok (messages: [...]). Logs go to standard error: warn.

node.run
