#!/usr/bin/perl
# Tier 2, transcript: max_clients and max_per_ip, counted in the table of
# sessions: what frees a place, what a killed session leaves, and what is said
# when the table cannot be used.

use strict;
use warnings;

use Fcntl ();
use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Test;
use Test::More;

my $TOO_MANY = 'There are too many connected users, please try later.';
my $TOO_MANY_OF_YOU = 'There are too many connections from your address.';

my $server = Inftpd::Test->new(conf => { max_clients => 3, max_per_ip => 2 });
my $slots = "$server->{dir}/conf/slots";

# A session that is turned away: with these words, and then the end.
sub refused {
	my ($name, $text, %arg) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $c = $server->start(%arg);

	$c->expect_reply(421, $text, $name);
	$c->expect_end;
	is(defined $c->exit_status, 1, 'the process ends');
	my $log = $c->log;
	# Its status need not be 0: it is looked at no more.
	$c->{checked} = 1;
	$c->hang_up;
	return $log;
}

# Bytes of the table's first word that are not 0: records in use.
sub used {
	open my $file, '<:raw', $slots or return 0;
	local $/ = \64;
	return scalar grep { unpack 'L', $_ } <$file>;
}

subtest 'counting' => sub {
	my @in = map { $server->connect } 1 .. 2;

	is(used(), 2, 'a place each');
	like(refused('a third from one address', $TOO_MANY_OF_YOU),
	    qr/max_per_ip is reached/, 'the log names the directive');
	push @in, $server->connect(from => '127.0.0.2');
	like(refused('a fourth of all', $TOO_MANY, from => '127.0.0.3'),
	    qr/max_clients is reached/, 'the log names the directive');
	is((stat $slots)[2] & 07777, 0600, 'the table is nobody else\'s');

	(shift @in)->quit('QUIT frees a place');
	is(used(), 2, 'in the table, too');
	push @in, $server->connect;

	my $gone = shift @in;
	$gone->hang_up;
	ok(defined $gone->exit_status, 'who hangs up');
	$gone->{checked} = 1;
	is(used(), 2, 'frees one');
	push @in, $server->connect;

	my $killed = pop @in;
	kill 'KILL', $killed->pid;
	ok(defined $killed->exit_status, 'who is killed');
	$killed->{checked} = 1;
	is(used(), 3, 'leaves his record,');
	my $next = $server->connect;
	ok($next, 'which is weeded as soon as it is in the way');
	is(used(), 3, 'and used again');
	$_->quit for @in, $next;
	is(used(), 0, 'nothing is left');
};

subtest 'a hundred killed' => sub {
	my @pids;

	for (1 .. 100) {
		my $c = $server->connect;
		kill 'KILL', $c->pid;
		$c->exit_status;
		$c->{checked} = 1;
		$c->hang_up;
	}
	my @in = map { $server->connect } 1 .. 2;
	refused('two fit and a third does not', $TOO_MANY_OF_YOU);
	cmp_ok(-s $slots, '<=', 64 * 4, 'the table has not grown');
	$_->quit for @in;
};

subtest 'a session\'s own end' => sub {
	my $c = $server->connect;
	my ($helper) = $c->helper;

	$c->expect('USER alice', 331);
	kill 'KILL', $helper;
	$c->expect('PASS secret', 421);
	ok(defined $c->exit_status, 'a session that lost its helper');
	$c->{checked} = 1;
	is(used(), 0, 'frees its place');
};

subtest 'IPv6' => sub {
	plan skip_all => 'no IPv6 here' if !Inftpd::Test::has_ipv6();
	my @in = map { $server->connect(address => '::1') } 1 .. 2;

	refused('counts by itself', $TOO_MANY_OF_YOU, address => '::1');
	$server->connect->quit;
	$_->quit for @in;
};

# --- a table that cannot be used ----------------------------------------------

sub unusable {
	my ($name, $prepare) = @_;

	subtest $name => sub {
		unlink $slots;
		$prepare->();
		my $log = refused('the client hears 421',
		    'Service not available.');
		like($log, qr/max_clients and max_per_ip need \Q$slots\E/,
		    'the log says which file');
		like($log, qr/writable for the user that runs ftpd/,
		    'and what to do with it');
		-d $slots && !-l $slots ? rmdir $slots : unlink $slots;
		$server->connect->quit('and afterwards all is well');
	};
}

unusable('a directory', sub { mkdir $slots });
unusable('a link', sub { symlink '/dev/null', $slots });
unusable('not writable', sub {
	Inftpd::Test::write_file($slots, '');
	chmod 0400, $slots;
});
unusable('too large', sub {
	Inftpd::Test::write_file($slots, '');
	truncate $slots, 1 << 30;
});
unusable('a pipe', sub { POSIX::mkfifo($slots, 0600) });

subtest 'rubbish in the table' => sub {
	Inftpd::Test::write_file($slots, "\xff" x 1000);
	my $c = $server->connect;

	ok($c, 'counts for nothing, nobody holds it');
	$c->quit;
};

$server->done;
done_testing;
