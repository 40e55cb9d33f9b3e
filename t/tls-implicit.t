#!/usr/bin/perl
# Transcript tier, no root: --implicit, for a second socket with the
# configuration of the first, and what it says where there is no TLS.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Inftpd::Test::Listener;
use Inftpd::TLS;
use Test::More;

my $dir = File::Temp->newdir('inftpd-tls-XXXXXX', TMPDIR => 1);
my $pair = Inftpd::TLS::pair($dir, 'server');
my $server = Inftpd::Test->new(conf => { Inftpd::TLS::conf($pair) });
my @options = (options => ['--listen', '--implicit']);
my $explicit = Inftpd::Test::Listener->start($server);
my $c = $explicit->connect;
$c->expect('NOOP', 200, undef, 'without the option: plain, as configured');
$c->hang_up;
$explicit->stop;

my $listener = Inftpd::Test::Listener->start($server, @options);
my $socket;
Inftpd::Test::wait_until(sub { $socket = $listener->dial });
$c = Inftpd::TLS->over(
    Inftpd::Test::Client->new($server, $socket, undef, '/dev/null'));
ok($c->shake_hands, 'TLS from the first byte');
$c->expect_reply(220, undef, 'the greeting comes under it');
$c->expect('USER alice', 331);
$c->expect('PASS secret', 230);
$c->expect('QUIT', 221);
$listener->stop;

# Who cannot be served hears so in the language of TLS, not in FTP's.
sub refused {
	my ($socket, $name) = @_;
	my $c = Inftpd::TLS->over(
	    Inftpd::Test::Client->new($server, $socket, undef, '/dev/null'));

	ok(!$c->shake_hands, "$name: no handshake");
	like($c->{error}, qr/alert internal error/, 'but an alert');
	$c->hang_up;
}

$listener = Inftpd::Test::Listener->start($server, @options,
    conf => { ssl_enable => 'NO' });
Inftpd::Test::wait_until(sub { $socket = $listener->dial });
refused($socket, 'without ssl_enable');
like($listener->log, qr/--implicit need ssl_enable=YES/, 'and the log why');
$listener->stop;

$listener = Inftpd::Test::Listener->start($server, @options,
    conf => { ssl_enable => 'YES', max_clients => 1 });
Inftpd::Test::wait_until(sub { $socket = $listener->dial });
$c = Inftpd::TLS->over(
    Inftpd::Test::Client->new($server, $socket, undef, '/dev/null'));
ok($c->shake_hands, 'max_clients=1: one client');
$c->expect_reply(220);
refused($listener->dial, 'and another');
like($listener->log, qr/max_clients is reached/, 'and the log why');
$c->expect('NOOP', 200, undef, 'the first stays');
$c->hang_up;
$listener->stop;

my $broken = Inftpd::Test->new(conf => {
    Inftpd::TLS::conf($pair, rsa_cert_file => "$dir/none.pem"),
    implicit_ssl => 'YES' });
$c = Inftpd::TLS->over($broken->start);
ok(!$c->shake_hands, 'no certificate: no handshake');
like($c->{error}, qr/alert internal error/, 'but an alert');
like($c->log, qr/none\.pem/, 'and the log why');
$c->hang_up;
isnt($c->exit_status, 0, 'and the status tells, too');
done_testing;
