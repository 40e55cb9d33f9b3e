#!/usr/bin/perl
# Tier 3: virtual users of a file, a database and an authenticator with the
# installed, set-uid helper: as whom they act, and what nobody but root may
# have touched.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use IO::Socket::UNIX;
use Inftpd::System;
use Socket ();
use Test::More;
use Time::HiRes qw(time);

my $hash = crypt 'secret', '$6$rounds=1000$inftpdtest$';
my $dir = '/etc/inftpd-users';

account('alice', uid => 1001);
account('guest', uid => 2000, hash => '*');
account('daemon', uid => 2, hash => '*');
File::Path::make_path($dir, '/srv/ann', '/srv/dave');
chown 901, 901, '/srv/ann';
chown 2000, 2000, '/srv/dave';

# uid and gid in the file are nobody's: alice's here.
write_file("$dir/users", "ann:$hash:1001:1001::/srv/ann/./:::::::::::::\n" .
    "alice:!$hash\n");
chmod 0600, "$dir/users";

my %conf = (virtual_enable => 'YES', local_enable => 'YES',
    write_enable => 'YES', virtual_use_local_privs => 'YES',
    max_login_fails => 100);
configure(%conf, virtual_users_file => "$dir/users");
super_server();

sub refused {
	my ($user, $pattern, $name) = @_;
	my $c = dial();

	$c->expect("USER $user", 331);
	$c->expect('PASS secret', 530, 'Login incorrect.', $name);
	$c->quit;
	log_has($pattern, 'and the log says why');
}

# Stores a file; whose is it?
sub stores {
	my ($user, $path, $uid) = @_;
	my $c = dial();

	$c->login($user);
	is(($c->stor('new', "from $user\n", 'epsv'))[0], 226, "$user stores");
	is((stat $path)[4], $uid, "as uid $uid");
	is(join(',', (stat _)[2, 5]), join(',', 0100600, $uid), 'and its gid');
	my %is = status_of(file_agent());
	is($is{Uid}, join(' ', ($uid) x 4), 'the helper is that user');
	is($is{Groups}, '', 'in no other group');
	is(hex $is{CapEff}, 0, 'and has no capabilities');
	$c->quit;
	unlink $path;
}

stores('ann', '/srv/ann/new', 901);
refused('alice', qr/"alice".*password locked/,
    'a name that the file has is no local user');
write_file("$dir/users", "ann:$hash:1001:1001::/srv/ann/./:::::::::::::\n");
my $c = dial();
$c->login('alice');
$c->quit;

# Others' hands.
for my $case ([1001, 0, 0600, $dir, 'belongs to somebody else'],
    [0, 1001, 0620, "$dir/users", 'writable by group'],
    [1001, 0, 0600, "$dir/users", 'belongs to somebody else'],
    [0, 0, 0606, "$dir/users", 'writable by group or others']) {
	my ($uid, $gid, $mode, $path, $why) = @$case;

	chown $uid, $gid, $path;
	chmod $mode | (-d $path ? 0111 : 0), $path;
	refused('ann', qr/\Q$path\E: .*$why/, "$path of $uid, $mode");
	chown 0, 0, $path;
	chmod -d $path ? 0755 : 0600, $path;
}
File::Path::make_path('/tmp/open');
chown 1001, 1001, '/tmp/open';
rename "$dir/users", '/tmp/open/users';
configure(%conf, virtual_users_file => '/tmp/open/users');
refused('ann', qr{/tmp/open: belongs to somebody else}, 'a directory of hers');
rename '/tmp/open/users', "$dir/users";

# --- the authenticator -------------------------------------------------------

my $authenticator;

sub authenticator {
	my ($path, $answer) = @_;

	stop($authenticator) if $authenticator;
	unlink $path;
	my $listener = IO::Socket::UNIX->new(Local => $path, Listen => 5,
	    Type => Socket::SOCK_STREAM) or die "$path: $!\n";
	$authenticator = Inftpd::System::start([], sub {
		while (my $client = $listener->accept) {
			local $/;
			my $question = <$client>;

			print $client $answer;
			close $client;
		}
	});
}

mkdir '/run/auth';
configure(%conf, auth_socket => '/run/auth/socket', auth_timeout => 5);
authenticator('/run/auth/socket',
    "check\npassword=$hash\nlocal_root=/srv/ann\n\n");
stores('ann', '/srv/ann/new', 901);
authenticator('/run/auth/socket', "ok\nlocal_root=/srv/dave\n" .
    "guest_username=guest\nlocal_umask=077\n\n");
stores('dave', '/srv/dave/new', 2000);
for my $case (['root', qr/may not become uid or gid 0/],
    ['daemon', qr/named a system user/], ['inftpd', qr/named a system user/],
    ['nosuchuser', qr{is not in /etc/passwd}]) {
	my ($guest, $why) = @$case;

	authenticator('/run/auth/socket',
	    "ok\nlocal_root=/\nguest_username=$guest\n\n");
	refused('dave', $why, "not as $guest");
}

authenticator('/run/auth/socket',
    "ok\n\xef\xbb\xbfguest_username=daemon\nlocal_root=/\n\n");
refused('dave', qr/auth_socket:1: no name of a directive/,
    'nor behind a byte order mark');

# Root's own drop-in may say so.
drop_in('dave', guest_username => 'inftpd', local_root => '/tmp');
authenticator('/run/auth/socket', "ok\nlocal_root=/\n\n");
$c = dial();
$c->login('dave');
my %is = status_of(file_agent());
is($is{Uid}, '900 900 900 900', 'a drop-in may name a system user');
$c->quit;

authenticator('/run/auth/socket', "unknown\n\n");
$c = dial();
$c->login('alice');
$c->quit;
refused('dave', qr/no such user/, 'nobody knows him');
authenticator('/run/auth/socket', "no not today\n\n");
refused('alice', qr/"alice": not today/, 'no is no for local users, too');
stop($authenticator);
undef $authenticator;
refused('alice', qr/no answer: Connection refused/,
    'without its answer nobody gets past');

# Sockets that somebody else could have made.
authenticator('/run/auth/socket', "ok\nlocal_root=/srv/ann\n\n");
chown 1001, 1001, '/run/auth';
refused('ann', qr{/run/auth: belongs to somebody else}, 'in her directory');
chown 0, 0, '/run/auth';
chown 1001, 1001, '/run/auth/socket';
refused('ann', qr{/run/auth/socket: belongs to somebody else}, 'her socket');
authenticator('/tmp/socket', "ok\nlocal_root=/srv/ann\n\n");
configure(%conf, auth_socket => '/tmp/socket');
stores('ann', '/srv/ann/new', 901);
chown 1001, 1001, '/tmp/socket';
refused('ann', qr{/tmp/socket: belongs to somebody else},
    'a socket of hers where all may make some');

# --- the time tells nothing ------------------------------------------------------

# The median of five wrong tries for each name.
sub medians {
	my (@names) = @_;
	my (%took, %words);
	my $c = dial();

	for my $name ((@names) x 5) {
		$c->cmd("USER $name");
		my $start = time;
		my ($code, $text) = $c->cmd('PASS wrong');
		push @{ $took{$name} }, time - $start;
		$words{"$code $text"} = 1;
	}
	$c->quit;
	is(scalar keys %words, 1, 'the words are the same');
	return map { (sort { $a <=> $b } @{ $took{$_} })[2] } @names;
}

sub equal_times {
	my ($name, @names) = @_;
	my ($known, @others) = medians(@names);

	note sprintf "$name: %s s", join ', ',
	    map { sprintf '%.4f', $_ } $known, @others;
	for my $i (0 .. $#others) {
		cmp_ok($others[$i], '>', $known / 2,
		    "$name: $names[$i + 1] is not faster");
		cmp_ok($others[$i], '<', $known * 2, 'nor slower');
	}
}

# All have one kind of hash, that takes long; what is different is the rest.
my $slow = crypt 'secret', '$2b$09$abcdefghijklmnopqrstuu';
my @refused = ("locked:!$slow", "apache:\$apr1\$abcdefgh\$ijklmnopqrstuvwx",
    "root0:$slow:0:0::/srv/ann:/bin/sh", "short:$slow:1");
write_file("$dir/users", join '', map { "$_\n" } "ann:$slow", @refused);
write_file('/etc/shadow', "alice:$slow:19000:0:99999:7:::\n");
configure(%conf, virtual_users_file => "$dir/users");
equal_times('file', qw(ann nosuchuser alice locked apache root0 short));

# The same in a database that inftpd-user makes; others are not in it.
my $tool = program() =~ s/inftpd\z/inftpd-user/r;

sub check_database {
	write_file("$dir/users", "ann:$slow\nlocked:!$slow\n");
	is(system($tool, 'compile', "$dir/users", "$dir/users.cdb"), 0,
	    'root compiles a database');
	configure(%conf, virtual_users_db => "$dir/users.cdb");
	equal_times('database', qw(ann nosuchuser alice locked));
	my $c = dial();
	$c->login('ann');
	my %is = status_of(file_agent());
	is($is{Uid}, '901 901 901 901', 'a user of the database');
	$c->quit;
	chown 1001, 1001, "$dir/users.cdb";
	refused('ann', qr/users\.cdb: belongs to somebody else/,
	    "somebody's database");
	chown 0, 0, "$dir/users.cdb";
}
check_database() if Inftpd::Test::built('cdb');

# And in drop-ins, whose hashes are those of inftpd-user.
unlink '/etc/inftpd/user.d/dave.conf';
open my $pipe, '|-', $tool, 'add', 'fay', 'local_root=/srv/ann' or die "$tool: $!";
print $pipe "secret\n";
close $pipe;
is($?, 0, 'root adds a user');
configure(%conf, local_enable => 'NO');
drop_in('broken', password => 'x', nonsense => 'YES');
equal_times('drop-in', qw(fay nosuchuser broken));

configure(%conf, local_enable => 'NO', auth_socket => '/run/auth/socket');
authenticator('/run/auth/socket',
    "check\npassword=$slow\nlocal_root=/srv/ann\n\n");
my ($checked) = medians('ann');
authenticator('/run/auth/socket', "unknown\npassword=$slow\n\n");
my ($unknown) = medians('zoe');
cmp_ok($unknown, '>', $checked / 2, 'unknown takes what check takes');
cmp_ok($unknown, '<', $checked * 2, 'and no more');
done_testing;
