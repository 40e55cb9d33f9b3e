#!/usr/bin/perl
# Tier 2, transcript: the listener while it runs: signals, configuration that
# changes, sessions that outlive it, and what many connections leave behind.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Test;
use Inftpd::Test::Listener;
use Test::More;
use Time::HiRes ();

my $server = Inftpd::Test->new;
my $l = Inftpd::Test::Listener->start($server);

# The next clients, at once or soon, are greeted so.
sub greets {
	my ($name, $wanted, $words) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my ($c, $code, $text);

	ok(Inftpd::Test::wait_until(sub {
		($c, $code, $text) = $l->greeting;
		$c->hang_up;
		return $code eq $wanted && $text =~ $words;
	}, 5), $name) or diag "$code $text\n", $l->log;
}

sub descriptors { return scalar(() = glob "/proc/$l->{pid}/fd/*") }

# All children of the listener, the dead among them.
sub children {
	my @found;

	for my $file (glob '/proc/[0-9]*/stat') {
		open my $stat, '<', $file or next;
		my ($state, $parent) = (<$stat> // '') =~ /\) (\S) (\d+) /;
		push @found, $state if defined $parent && $parent == $l->{pid};
	}
	return @found;
}

subtest 'changes' => sub {
	greets('before', 220, qr/ready/);
	my $c = $l->connect;
	$c->login('alice'); # so its helper has read what there was
	$l->configure(ftpd_banner => 'First');
	greets('a changed drop-in is seen', 220, qr/^First$/);
	$server->write_conf('conf.d/60-new.conf', { ftpd_banner => 'Second' });
	greets('a new one', 220, qr/^Second$/);
	$server->write_conf('conf.d/60-new.conf', { max_clients => 'many' });
	greets('with a broken one clients hear 421', 421, qr/config/i);
	like($l->log, qr{conf\.d/60-new\.conf:1:.*max_clients},
	    'the log says file and line');
	unlink "$server->{dir}/conf/conf.d/60-new.conf";
	greets('mended', 220, qr/^First$/);
	is(($c->stor('late', 'x'))[0], 226, 'who was in goes on');
	$c->quit;
};

subtest 'directories' => sub {
	my $dir = "$server->{dir}/conf";

	rename "$dir/conf.d", "$dir/aside";
	greets('without its directory', 220, qr/ready/);
	mkdir "$dir/conf.d";
	greets('an empty one', 220, qr/ready/);
	$server->write_conf('conf.d/10-late.conf', { ftpd_banner => 'Late' });
	greets('a drop-in in one that has come later', 220, qr/^Late$/);
	unlink "$dir/conf.d/10-late.conf";
	rmdir "$dir/conf.d";
	rename "$dir/aside", "$dir/conf.d";
	greets('the old one again', 220, qr/^First$/);
};

subtest 'SIGHUP' => sub {
	# A change that no watch sees: in a file that a link leads to.
	my $aside = "$server->{dir}/aside.conf";

	Inftpd::Test::write_file($aside, "ftpd_banner=Old\n");
	chmod 0600, $aside;
	symlink $aside, "$server->{dir}/conf/conf.d/70-link.conf";
	greets('before', 220, qr/^Old$/);
	Inftpd::Test::write_file($aside, "ftpd_banner=New\n");
	kill 'HUP', $l->{pid};
	greets('after SIGHUP', 220, qr/^New$/);
	unlink "$server->{dir}/conf/conf.d/70-link.conf";
	greets('and without it', 220, qr/^First$/);
};

subtest 'many connections' => sub {
	my $before = descriptors();
	my $start = Time::HiRes::time();
	my ($done, $refused) = (0, 0);

	while ((my $now = Time::HiRes::time() - $start) < 3) {
		if ($done >= $now * 300) {
			Time::HiRes::sleep(0.001);
			next;
		}
		$l->dial or $refused++;
		$done++;
	}
	note sprintf '%.0f connections a second', $done / 3;
	is($refused, 0, 'none is refused');
	greets('a good client is served', 220, qr/First/);
	ok(Inftpd::Test::wait_until(sub { !children() }, 10),
	    'no process is left, no zombie either') or diag join ' ', children();
	is(descriptors(), $before, 'nor a descriptor');
};

# What does not fit the queue is retried by the client's kernel after a second,
# and may be lost. Stopped, the listener takes nobody out.
subtest 'a burst' => sub {
	my ($room) = Inftpd::Test::read_file(
	    '/proc/sys/net/core/somaxconn') =~ /(\d+)/;
	my $most = $room < 600 ? $room : 600;
	my ($in, @sockets) = (0);

	kill 'STOP', $l->{pid};
	for (1 .. $most) {
		my $socket = IO::Socket::IP->new(PeerHost => '127.0.0.1',
		    PeerPort => $l->{port}, Type => Socket::SOCK_STREAM,
		    Timeout => 0.9) or last;
		push @sockets, $socket;
	}
	kill 'CONT', $l->{pid};
	is(scalar @sockets, $most, "$most clients at once are let wait");
	for my $socket (@sockets) {
		$in++ if (<$socket> // '') =~ /^220 /;
	}
	is($in, $most, 'and all are greeted');
};

subtest 'SIGTERM' => sub {
	my $c = $l->connect;

	$c->login('alice');
	is($l->stop, 0, 'the listener ends with status 0');
	ok(!$l->dial, 'nobody new gets in');
	is(($c->stor('late', 'x'))[0], 226, 'who is in goes on');
	$c->quit;
};

done_testing;
