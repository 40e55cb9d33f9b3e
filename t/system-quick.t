#!/usr/bin/perl
# Tier 3: quick mode from the installed programs and from a build tree, as an
# ordinary user and as root, below a directory that is closed to others. The
# lines that it prints are run as they stand.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::System;
use POSIX ();
use Test::More;

account('alice', uid => 1001);

sub as {
	my ($uid) = @_;

	return if $uid == 0;
	$) = "$uid $uid";
	POSIX::setgid($uid);
	POSIX::setuid($uid);
}

# Starts it; (process id, all that it printed up to its examples).
sub quick {
	my ($uid, @options) = @_;
	my $pid = Inftpd::System::start([program(), @options], sub {
		as($uid);
		chdir '/';
		open STDOUT, '>', "/tmp/out.$$" or die;
		open STDERR, '>&', \*STDOUT;
	});
	my $text = '';

	Inftpd::Test::wait_until(sub {
		$text = -e "/tmp/out.$pid" ? read_file("/tmp/out.$pid") : '';
		return $text =~ /^  .*\n\z/m;
	}, 5);
	return ($pid, $text);
}

# Runs the printed lines in a directory of the user's: their outputs.
sub paste {
	my ($uid, $text, $name) = @_;
	my @outputs;

	system("rm -rf /tmp/paste; mkdir -m 777 /tmp/paste");
	for my $line ($text =~ /^  (.*curl.*)$/mg) {
		my $output = "/tmp/paste/output";
		my $pid = Inftpd::System::start(
		    ['sh', '-c', "cd /tmp/paste && { $line\n} >output 2>err"],
		    sub { as($uid) });

		waitpid $pid, 0;
		is($?, 0, "$name: $line") or diag(read_file('/tmp/paste/err'));
		push @outputs, read_file($output);
		unlink $output, '/tmp/paste/err';
	}
	return @outputs;
}

sub make_directory {
	my ($dir, $uid) = @_;

	system("rm -rf $dir; mkdir -p $dir");
	write_file("$dir/README", "read me\n");
	write_file("$dir/.hidden", "x");
	write_file("$dir/with blank", "x");
	chown $uid, $uid, $dir, glob "$dir/*";
}

sub check_quick {
	my ($name, $uid, $dir, $owner, @options) = @_;

	make_directory($dir, $owner);
	my ($pid, $text) = quick($uid, '--serve', $dir, '--write', @options);
	my ($list) = paste($uid, $text, $name);
	like($list, qr/README/, "$name: the listing");
	is(read_file('/tmp/paste/copy-of-README'), "read me\n",
	    "$name: the copy is right");
	ok(-s "$dir/date.txt", "$name: the upload is there");
	is((stat "$dir/date.txt")[4], $owner, "$name: and its owner's");
	is((grep { my %is = status_of($_); $is{Uid} =~ /\b0\b/ } sessions()),
	    0, "$name: nothing runs as root");
	stop($pid);
	return $text;
}

for my $listen ([], ['--port', 2122], ['--address', '::1']) {
	check_quick("alice @$listen", 1001, '/home/alice/pub', 1001, @$listen);
}
my $text = check_quick('a user', 1001, '/home/alice/pub', 1001,
    '--user', 'guest');
like($text, qr/curl -u 'guest:\w{12}'/, 'a password was made up');
system('mkdir -p -m 700 /root/closed');
check_quick('root', 0, '/root/closed/pub', 65534);
check_quick('root for alice', 0, '/home/alice/pub', 1001, '--user', 'me');

my $has_tls = Inftpd::Test::built('tls');
if ($has_tls) {
	$text = check_quick('TLS', 1001, '/home/alice/pub', 1001, '--tls');
	like($text, qr/--pinnedpubkey/, 'the server is known by its key');
	check_quick('TLS, started by root', 0, '/root/closed/pub', 65534,
	    '--tls', '--user', 'me');
}

subtest '--tls' => sub {
	plan skip_all => 'built without OpenSSL' if !$has_tls;
	make_directory('/home/alice/pub', 1001);
	my ($pid) = quick(1001, '--serve', '/home/alice/pub', '--tls');
	my $c = dial('127.0.0.1', 2121);
	$c->expect('USER anonymous', 530, undef, 'nobody without TLS');
	$c->quit;
	my @curl = qw(curl -sS --ssl-reqd -o /dev/null);
	my $url = 'ftp://127.0.0.1:2121/';
	isnt(system(@curl, $url, '--stderr', '/dev/null') >> 8, 0,
	    'nobody vouches for the certificate');
	is(system(@curl, '-k', '--stderr', '/dev/null', '--pinnedpubkey',
	    'sha256//' . 'A' x 43 . '=', $url) >> 8, 90,
	    'and it has another key each time');
	stop($pid);
};

subtest 'what is refused' => sub {
	make_directory('/home/alice/pub', 1001);
	my ($pid, $text) = quick(1001, '--serve', '/home/alice/pub', '--user',
	    'guest');
	my $c = dial('127.0.0.1', 2121);
	$c->expect('USER anonymous', 331);
	$c->expect('PASS x', 530, undef, 'nobody but the user');
	$c->quit;
	my ($password) = $text =~ /guest:(\w+)/;
	$c = dial('127.0.0.1', 2121);
	$c->login('guest', $password);
	$c->expect('STOR x', 550, undef, 'nothing is written without --write');
	$c->expect('SIZE ../../../etc/passwd', 550, undef, 'no way out');
	$c->quit;
	unlike(read_file("/tmp/out.$pid") =~ s/.*# one down//sr,
	    qr/\Q$password/, 'the password is not in the log');
	stop($pid);

	system('mkdir -p /srv/rooted');
	chmod 0755, '/srv/rooted';
	($pid, $text) = quick(0, '--serve', '/srv/rooted', '--write');
	like($text, qr/chown nobody/, "root's directory: what to do is said");
	my %is = status_of((sessions())[0]);
	is($is{Uid}, join(' ', (65534) x 4), 'and nobody serves');
	is($is{CapEff}, '0' x 16, 'without capabilities');
	stop($pid);
};

done_testing;
