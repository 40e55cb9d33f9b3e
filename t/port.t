#!/usr/bin/perl
# Transcript tier, no root: PORT. Only to the client himself, and to no
# well-known port (RFC 2577).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;

$server->file('file', 'content');
my $c = $server->connect;
$c->expect('PORT 127,0,0,1,200,0', 530);
$c->login('alice');
is(($c->retr('file', 'port'))[0], 'content', 'a transfer to us');
is(($c->stor('new', 'bytes', 'port'))[0], 226, 'and one from us');
is($server->content('new'), 'bytes');
$c->expect('PORT 127,0,0,1,200,0', 200);
$c->expect("PORT $_", 501) for '', '127,0,0,1,200', '127,0,0,1,200,0,1',
    '256,0,0,1,200,0', '127,0,0,1,256,0', '127,0,0,1,200,x', '127.0.0.1,200,0',
    '127,0,0,1,200,0 ', '127,,0,1,200,0', '-1,0,0,1,200,0',
    '127,0,0,1,0200,0', '127,0,0,1,200,0,', '127,0,0,1, 200,0',
    '1' x 300 . ',0,0,1,200,0';
$c->expect('PORT 127,0,0,2,200,0', 500, undef, 'another address');
$c->expect('PORT 192,0,2,1,200,0', 500);
$c->expect('PORT 0,0,0,0,200,0', 500);
$c->expect('PORT 127,0,0,1,3,255', 500, undef, 'port 1023');
$c->expect('PORT 127,0,0,1,0,0', 500, undef, 'port 0');
$c->expect('PORT 127,0,0,1,4,0', 200, undef, 'port 1024');
$c->expect('PORT 127,0,0,2,200,0', 500);
$c->expect('RETR file', 425, undef, 'a refused PORT leaves nothing behind');

# Nobody listens there.
my $listener = $c->listener;
my $port = $listener->sockport;
close $listener;
$c->expect('PORT ' . Inftpd::Test::Client::port_text('127.0.0.1', $port), 200);
my ($code) = $c->cmd('RETR file');
($code) = $c->reply if $code eq 150;
is($code, 425, 'a port where nobody listens');
$c->quit;
like($c->log, qr/port-refused.*192,0,2,1/, 'the log knows who was meant');

# PORT after PASV, PASV after PORT: the last one counts.
$c = $server->login('alice');
$port = $c->pasv_port;
$listener = $c->port;
ok(!$c->dial($port), 'PORT closes what PASV had opened');
$c->expect('RETR file', 150);
is(Inftpd::Test::Client::drain($c->accept($listener)), 'content');
$c->expect_reply(226);
$c->port;
is(($c->retr('file'))[0], 'content', 'PASV after PORT');
$c->quit;

$server = Inftpd::Test->new(conf => { port_enable => 'NO' });
$c = $server->login('alice');
$c->expect('PORT 127,0,0,1,200,0', 550);
$c->expect('EPRT |1|127.0.0.1|51200|', 550);
$c->quit;

# port_promiscuous: to another address of this machine.
$server = Inftpd::Test->new(conf => { port_promiscuous => 'YES' });
$server->file('file', 'content');
$c = $server->login('alice');
$listener = IO::Socket::IP->new(LocalHost => '127.0.0.2', LocalPort => 0,
    Listen => 1) or die $@;
$c->expect('PORT ' . Inftpd::Test::Client::port_text('127.0.0.2',
    $listener->sockport), 200, undef, 'port_promiscuous');
$c->expect('RETR file', 150);
is(Inftpd::Test::Client::drain($c->accept($listener)), 'content');
$c->expect_reply(226);
$c->expect('PORT 127,0,0,2,3,255', 500, undef, 'but never below 1024');
$c->quit;
done_testing;
