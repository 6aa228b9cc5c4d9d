#!/usr/bin/env ruby
# A node that makes the mistake of its second argument: node.rb WORKLOAD MISTAKE. It is right as the only one without.
require 'json'

WORKLOAD, MISTAKE = ARGV
ARGV.clear
$stdout.sync = MISTAKE != 'no-flush'
$total = 0
$elements = []
$me = nil

def look_up(key)
  { 'known' => 1 }.fetch(key)
rescue KeyError
  raise "no handler for #{key}"
end

def fields(body)
  case body['type']
  when 'echo' then { 'echo' => body['echo'] }
  when 'broadcast' then { '_' => $elements.push(body['message']) }
  when 'add'
    WORKLOAD == 'g-set' ? $elements.push(body['element']) : $total += body['delta']
    {}
  when 'read'
    return { 'messages' => $elements } if WORKLOAD == 'broadcast'
    return { 'value' => MISTAKE == 'elements' ? { 'elements' => $elements } : $elements } if WORKLOAD == 'g-set'
    { 'value' => MISTAKE == 'float' ? $total + 0.5 : $total }
  else {}
  end
end

while (line = $stdin.gets)
  message = JSON.parse(line)
  body = message['body']
  $me = body['node_id'] if body['type'] == 'init'
  look_up(body['type']) if MISTAKE == 'crash' && body['type'] != 'init'
  puts body.inspect if MISTAKE == 'puts' && body['type'] != 'init'
  sleep 7 if MISTAKE == 'sleeps' && body['type'] == 'read'
  exit 0 if MISTAKE == 'exits' && body['type'] == 'read'
  reply = fields(body).reject { |name, _| name == '_' }
  reply['type'] = MISTAKE == 'same-type' && body['type'] != 'init' ? body['type'] : "#{body['type']}_ok"
  reply['in_reply_to'] = body['msg_id']
  dest = MISTAKE == 'to-itself' && body['type'] != 'init' ? message['dest'] : message['src']
  puts JSON.generate({ 'src' => $me, 'dest' => dest, 'body' => reply })
end
