#!/usr/bin/env perl
# The node in Perl: one thread, which waits for input with a time-out.
use strict;
use warnings;
use IO::Handle;
use IO::Select;
use JSON::PP;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

my $wrong = @ARGV && $ARGV[0] eq "wrong";
my $json = JSON::PP->new->canonical;
my ($me, @peers, %seen, %pending, $count);
STDOUT->autoflush(1);

sub now { clock_gettime(CLOCK_MONOTONIC) }

sub say_to { my ($dest, $body) = @_; print $json->encode({ src => $me, dest => $dest, body => $body }), "\n" }

sub learn {
  my ($messages, $source) = @_;
  my @fresh = grep { !$seen{$_} } @$messages;
  return unless @fresh;
  $seen{$_} = 1 for @fresh;
  for my $peer (grep { $_ ne $source } @peers) {
    unless ($wrong) { $pending{$peer}{$_} = 1 for @fresh }
    say_to($peer, { type => "gossip", messages => [map { $_ + 0 } @fresh] });
  }
}

sub handle {
  my ($source, $body) = @{ $_[0] }{qw(src body)};
  my $type = $body->{type};
  my %answer = (type => $type . "_ok");
  if ($type eq "init") {
    $me = $body->{node_id};
    @peers = grep { $_ ne $me } @{ $body->{node_ids} };
    $pending{$_} = {} for @peers;
  }
  $answer{echo} = $body->{echo} if $type eq "echo";
  $answer{id} = $wrong ? ++$count : "$me-" . join("", map { int rand 10 } 1 .. 16) if $type eq "generate";
  learn([$body->{message}], "") if $type eq "broadcast";
  if ($type eq "gossip") { learn($body->{messages}, $source); $answer{messages} = $body->{messages} }
  delete @{ $pending{$source} }{ @{ $body->{messages} } } if $type eq "gossip_ok";
  if ($type eq "hello") { $pending{$source}{$_} = 1 for keys %seen }
  $answer{messages} = [map { $_ + 0 } keys %seen] if $type eq "read";
  $answer{in_reply_to} = $body->{msg_id} if exists $body->{msg_id};
  say_to($source, \%answer) if exists $body->{msg_id} || $type eq "gossip";
  if ($type eq "init" && !$wrong) { say_to($_, { type => "hello" }) for @peers }
}

my $input = IO::Select->new(\*STDIN);
my ($buffer, $due) = ("", now() + 0.2);
while (1) {
  my $rest = $due - now();
  if ($rest > 0 && $input->can_read($rest)) {
    sysread(STDIN, $buffer, 65536, length $buffer) or last;
    while ($buffer =~ s/^(.*)\n//) { handle($json->decode($1)) }
    next;
  }
  next if $rest > 0;
  $due = now() + 0.15 + rand 0.1;
  for my $peer (@peers) {
    my @messages = map { $_ + 0 } keys %{ $pending{$peer} };
    say_to($peer, { type => "gossip", messages => \@messages }) if @messages;
  }
}
