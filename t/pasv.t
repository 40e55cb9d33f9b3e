#!/usr/bin/perl
# Transcript tier, no root: PASV.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;

$server->file('file', 'content');
my $c = $server->connect;
$c->expect('PASV', 530);
$c->login('alice');
$c->expect('PASV x', 501);
$c->expect('PASV', 227, qr/^Entering Passive Mode \(127,0,0,1,\d+,\d+\)\.$/);
is(($c->retr('file'))[0], 'content', 'a transfer');
is(($c->retr('file'))[0], 'content', 'and the next one');

# Connecting after the command does as well.
my $port = $c->pasv_port;
$c->expect('RETR file', 150);
is(Inftpd::Test::Client::drain($c->dial($port)), 'content', 'connecting late');
$c->expect_reply(226);
$c->expect('RETR file', 425, undef, 'one PASV is for one transfer');

# A second PASV replaces the first.
$port = $c->pasv_port;
my $second = $c->pasv_port;
isnt($port, $second, 'another port');
ok(!$c->dial($port), 'the first port is closed');
ok($c->dial($second), 'the second is open');
$c->quit;

$server = Inftpd::Test->new(conf => { pasv_enable => 'NO' });
$c = $server->login('alice');
$c->expect('PASV', 550);
$c->expect('EPSV', 550);
$c->quit;

$server = Inftpd::Test->new(conf => { pasv_address => '192.0.2.7' });
$c = $server->login('alice');
$c->expect('PASV', 227, qr/\(192,0,2,7,\d+,\d+\)/, 'pasv_address');
$c->expect('EPSV', 229, qr/\(\|\|\|\d+\|\)/);
$c->quit;

# A range of two ports: both are used, the third session is told so.
my ($low, $range);
for (1 .. 50) {
	$low = 40000 + int rand 20000;
	last if 2 == grep { IO::Socket::IP->new(LocalHost => '127.0.0.1',
	    LocalPort => $_, Listen => 1) } $low, $low + 1;
}
$server = Inftpd::Test->new(conf => { pasv_min_port => $low,
    pasv_max_port => $low + 1 });
$server->file('file', 'content');
my @sessions = map { $server->login('alice') } 1 .. 3;
my %ports = map { $_->pasv_port => 1 } @sessions[0, 1];
is_deeply([sort keys %ports], [$low, $low + 1], 'the ports of the range');
$sessions[2]->expect('PASV', 425, undef, 'no port left');
$sessions[0]->expect('ABOR', 226);
ok($sessions[2]->pasv_port, 'a port that was given back');
$sessions[2]->expect('ABOR', 226);
is(($sessions[0]->retr('file'))[0], 'content', 'round ' . $_) for 1 .. 5;
$_->quit for @sessions;
done_testing;
