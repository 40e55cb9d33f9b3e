#!/usr/bin/perl
# Transcript tier, no root: setproctitle_enable, what ps shows of a session and
# what not.
# directive: setproctitle_enable

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Inftpd::Test::Listener;
use Test::More;

# Under a wrapper the arguments that the kernel shows are the wrapper's.
plan skip_all => 'not under a wrapper' if $ENV{INFTPD_WRAPPER};

my $server = Inftpd::Test->new(
    conf => { setproctitle_enable => 'YES', xferlog_enable => 'NO' });
$server->file('private-name', 'x' x 20_000_000);
$server->file('small', 'x');

sub shown {
	my ($pid) = @_;

	open my $file, '<', "/proc/$pid/cmdline" or return '';
	local $/;
	return (<$file> // '') =~ s/\0+$//r =~ s/\0/ /gr;
}

sub shows {
	my ($pid, $want, $name) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;

	ok(Inftpd::Test::wait_until(sub { shown($pid) eq $want }), $name) or
	    diag('shown is: ', shown($pid));
}


my $c = $server->connect;
my $pid = $c->pid;
shows($pid, 'inftpd: 127.0.0.1: connected', 'a client without a name');
$c->cmd('USER hunter2');
shows($pid, 'inftpd: 127.0.0.1: idle', 'no name before login');
$c->cmd('PASS wrong-secret');
shows($pid, 'inftpd: 127.0.0.1: idle', 'nor after a failed one');
$c->login('alice');
shows($pid, 'inftpd: alice@127.0.0.1: idle', 'a user');
my $data = $c->pasv;
$c->expect('RETR private-name', 150);
shows($pid, 'inftpd: alice@127.0.0.1: RETR', 'the verb, not the file');
$c->expect('NOOP', 200);
shows($pid, 'inftpd: alice@127.0.0.1: NOOP', 'the command of now');
$c->raw("ABOR\r\n");
$c->expect_reply(426);
$c->expect_reply(226);
shows($pid, 'inftpd: alice@127.0.0.1: idle', 'and idle at its end');
$c->expect('XYZZY secret', 500);
shows($pid, 'inftpd: alice@127.0.0.1: idle', 'unknown verbs are not shown');
is(($c->retr('small'))[0], 'x', 'and all works as ever');
$c->quit;

# Little room: only what fits.
my ($l, $accepted);
{
	local %ENV = ();
	$c = $server->connect;
	shows($c->pid, substr('inftpd: 127.0.0.1: connected', 0,
	    length(Inftpd::Test::program() . " --config $server->{dir}/conf")),
	    'without an environment');
	$c->quit;
}

# The listener's children, each for itself.
my $listener = Inftpd::Test::Listener->start($server);
my @c = map { $listener->connect } 1 .. 2;
$c[1]->login('alice');
ok(Inftpd::Test::wait_until(sub {
	join(' | ', sort map { shown($_) }
	    Inftpd::Test::children_of($listener->{pid})) eq
	    'inftpd: 127.0.0.1: connected | inftpd: alice@127.0.0.1: idle'
}), 'sessions of the listener');
like(shown($listener->{pid}), qr/ --listen$/, 'who keeps its own');
$_->quit for @c;
$listener->stop;

my $plain = Inftpd::Test->new;
$c = $plain->login('alice');
like(shown($c->pid), qr/inftpd --config /, 'NO leaves the arguments alone');
$c->quit;
$_->done for $server, $plain;
done_testing;
