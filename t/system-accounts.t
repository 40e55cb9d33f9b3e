#!/usr/bin/perl
# Tier 3: local accounts without PAM. Every refusal is the same 530 to the
# client and its own reason in the log; and the three kinds side by side.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::System;
use Test::More;
use Time::HiRes qw(time);

my $sha = crypt 'secret', '$6$rounds=1000$inftpdtest$';

account('alice', uid => 1001, hash => crypt('secret',
    '$y$j9T$Z4b1nKQo0hQfWq7mJ6rY0/'));
account('bob', uid => 1002, hash => $sha);
account('carol', uid => 1003,
    hash => crypt('secret', '$2b$08$abcdefghijklmnopqrstuu'));
account('inpasswd', uid => 1004, shadow => '# no line',
    passwd => "inpasswd:$sha:1004:1004::/home/inpasswd:/bin/sh");

my $today = int(time / 86400);
my @refused = (
	['locked', 'password locked', hash => "!$sha"],
	['starred', 'password locked', hash => '*'],
	['token', 'password locked', hash => '*0'],
	['bangs', 'password locked', hash => '!!'],
	['empty', 'empty password', hash => ''],
	['truncated', 'wrong password', hash => '$y$'],
	['nonsense', 'wrong password', hash => 'secret'],
	['expired', 'account expired', days => '19000:0:99999:7::1:'],
	['today', 'account expired', days => "19000:0:99999:7::$today:"],
	['aged', 'password expired', days => '100:0:30:7:::'],
	['inactive', 'account inactive', days => '100:0:30:7:5::'],
	['change', 'password must be changed', days => '0:0:99999:7:::'],
	['shell', 'shell is not in /etc/shells', shell => '/bin/false'],
	['banned', 'listed in /etc/ftpusers'],
	['toor', 'uid 0 is never let in', uid => 0, gid => 0],
	['daemon', 'uid is below local_min_uid', uid => 999],
	['letters', 'malformed entry in /etc/passwd',
	    passwd => 'letters:x:12a:1001::/home/alice:/bin/sh'],
	['negative', 'malformed entry in /etc/passwd',
	    passwd => 'negative:x:-1:1001::/home/alice:/bin/sh'],
	['large', 'malformed entry in /etc/passwd',
	    passwd => 'large:x:4294967296:1001::/home/alice:/bin/sh'],
	['short', 'malformed entry in /etc/passwd',
	    passwd => 'short:x:1001:1001'],
	['long', 'malformed entry in /etc/passwd',
	    passwd => 'long:x:1001:1001::/home/alice:/bin/sh:x'],
	['relative', 'malformed entry in /etc/passwd',
	    passwd => 'relative:x:1001:1001::home:/bin/sh'],
	['shadowless', 'no shadow entry', shadow => '# no line'],
	['fewfields', 'malformed shadow entry',
	    shadow => "fewfields:$sha:19000:0:99999:7"],
	['notdays', 'malformed shadow entry',
	    shadow => "notdays:$sha:19000:0:99999:7::soon:"],
);
my $uid = 1100;
account($_->[0], uid => $uid++, @$_[2 .. $#$_]) for @refused;
account('homeless', uid => 1050, home => '/nowhere');
account('twice', uid => 1060);
account('twice', uid => 1060);
account('shadowtwice', uid => 1061);
write_file('/etc/shadow', "shadowtwice:$sha:19000:0:99999:7:::\n", 1);
write_file('/etc/passwd', "root2:x:0:0::/:/bin/sh\n", 1);
write_file('/etc/shadow', "root:$sha:19000:0:99999:7:::\n", 1);
write_file('/etc/ftpusers', "# not these\nbanned\n");

configure(local_enable => 'YES', max_login_fails => 100);
super_server();

sub try_login {
	my ($c, $user, $password) = @_;
	my ($code, $text) = $c->cmd("USER $user");

	($code, $text) = $c->cmd("PASS $password") if $code eq 331;
	BAIL_OUT('the connection has ended') if $code eq '';
	return "$code $text";
}

for my $user (qw(alice bob carol)) {
	my $c = dial();

	like(try_login($c, $user, 'secret'), qr/^230 /, "$user is let in");
	$c->quit;
}

sub is_homeless {
	my ($jail, $code, $pattern) = @_;

	configure(local_enable => 'YES', chroot_local_user => $jail);
	my $c = dial();
	like(try_login($c, 'homeless', 'secret'), qr/^$code /,
	    "without a home, chroot_local_user=$jail");
	log_has($pattern, 'and the log says so');
	$c->hang_up;
}

is_homeless('NO', 230, qr{/nowhere cannot be entered, using /: No such});
is_homeless('YES', 421, qr{login-failed.*/nowhere});
configure(local_enable => 'YES', max_login_fails => 100);

my $c = dial();
my $words = try_login($c, 'alice', 'wrong');
like($words, qr/^530 /, 'a wrong password is refused');
log_has(qr/login-failed.*alice.*wrong password/, 'the log says so');

sub refused_for {
	my ($user, $reason, $password) = @_;

	is(try_login($c, $user, $password // 'secret'), $words,
	    "$user: the same words");
	log_has(qr/"\Q$user\E".*\Q$reason/, "$user: $reason");
}

refused_for($_->[0], $_->[1]) for @refused;
refused_for('twice', 'malformed entry in /etc/passwd');
refused_for('shadowtwice', 'two shadow entries');
refused_for('root', 'uid 0 is never let in');
refused_for('nosuchuser', 'no such user');
refused_for('empty', 'empty password', '');
refused_for('bob', 'wrong password', '');
refused_for('bob', 'wrong password', $sha);
refused_for('inftpd', 'no shadow entry', 'secret');
write_file('/etc/nologin', "Closed.\n");
refused_for('bob', '/etc/nologin exists');
unlink '/etc/nologin';
$c->quit;

subtest 'the time tells nothing of who exists' => sub {
	my $shadow = read_file('/etc/shadow');
	my $c = dial();
	my %took;

	# One kind of hash: who does not exist costs one of those there are.
	write_file('/etc/shadow', join '',
	    map { "$_\n" } grep { /^(?:alice|locked):/ } split /\n/, $shadow);
	for my $user (qw(alice nosuchuser locked) x 5) {
		my $start = time;

		try_login($c, $user, 'wrong');
		push @{ $took{$user} }, time - $start;
	}
	my ($known, $unknown, $locked) =
	    map { (sort { $a <=> $b } @{ $took{$_} })[2] }
	    qw(alice nosuchuser locked);
	note sprintf 'known %.4f, unknown %.4f, locked %.4f s', $known,
	    $unknown, $locked;
	cmp_ok($unknown, '>', $known / 2, 'an unknown user is not faster');
	cmp_ok($unknown, '<', $known * 2, 'nor slower');
	cmp_ok($locked, '>', $known / 2, 'a locked one is not faster');
	$c->quit;
	write_file('/etc/shadow', $shadow);
};

subtest 'guessing is slow and ends' => sub {
	configure(local_enable => 'YES', delay_failed_login => 1,
	    max_login_fails => 2, login_timeout => 3);
	my $c = dial();
	my $start = time;

	like(try_login($c, 'bob', 'wrong'), qr/^530/, 'the first try');
	cmp_ok(time - $start, '>=', 1, 'delay_failed_login');
	my $last = try_login($c, 'bob', 'wrong');
	like($last, qr/^(530|421)/, 'the second');
	$c->reply if $last =~ /^530/;
	$c->expect_end('max_login_fails ends it');
	$c = dial();
	$start = time;
	my ($code) = $c->reply;
	is($code, 421, 'who says nothing is sent away');
	cmp_ok(time - $start, '<', 6, 'after login_timeout');
	cmp_ok(time - $start, '>=', 2, 'not before it');
	$c->expect_end;
};

subtest 'three kinds in one configuration' => sub {
	my %home = three_kinds();

	for my $user (sort keys %home) {
		my $c = dial();

		$c->login($user);
		$c->cmd('CWD pub');
		my ($end) = $c->stor('new.txt', "from $user\n", 'epsv');
		is($end, 226, "$user stores");
		is(read_file("$home{$user}/new.txt"), "from $user\n",
		    'it is there');
		is(($c->retr('new.txt', 'epsv'))[0], "from $user\n",
		    'and comes back');
		$c->quit;
	}
	is((stat '/home/alice/new.txt')[4], 1001, 'alice owns hers');
	is((stat '/srv/vera/new.txt')[4], 901, "vera's is guest_username's");
	is((stat '/srv/ftp/pub/new.txt')[4], 901, "the other is ftp's");
};

done_testing;
