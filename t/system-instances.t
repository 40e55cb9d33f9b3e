#!/usr/bin/perl
# Tier 3: several services on one machine, each with a configuration of its
# own: behind super-servers and as listeners, on ports of their own.

use strict;
use warnings;

use File::Path ();
use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::System;
use IO::Socket::IP ();
use Test::More;

# The configuration of an instance, beside the one without a name.
my ($etc) = xinetd_entry() =~ m{^(.*)/xinetd\.d/};

sub instance {
	my ($name, %conf) = @_;
	my $dir = "$etc/inftpd/instances/$name";

	File::Path::make_path("$dir/conf.d", "$dir/user.d");
	%conf = (delay_failed_login => 0, %conf);
	write_file("$dir/inftpd.conf",
	    join '', map { "$_=$conf{$_}\n" } sort keys %conf);
	return $dir;
}

sub listener {
	my (@options) = @_;

	return Inftpd::System::start([program(), '--listen', @options],
	    sub { open STDERR, '>>', '/tmp/listener' });
}

account('alice', uid => 1001);
configure(ftpd_banner => 'The first', local_enable => 'YES',
    write_enable => 'YES', max_per_ip => 1);
system(qw(mkdir -p /srv/second));
write_file('/srv/second/only-here', 'text');
my $dir = instance('second', ftpd_banner => 'The second', listen_port => 2121,
    anonymous_enable => 'YES', anon_root => '/srv/second', max_per_ip => 1,
    virtual_enable => 'YES');
write_file("$dir/user.d/vera.conf", "local_root=/srv/second\npassword=" .
    crypt('secret', '$6$rounds=1000$inftpdtest$') . "\n");
chmod 0600, "$dir/user.d/vera.conf";

# Both at once: what each gives, and what it does not.
sub check_both {
	my $first = dial('127.0.0.1', 21);
	my $second = dial('127.0.0.1', 2121);

	pass('one from the same address in each, each counts its own');
	$first->login('alice');
	$first->expect('PWD', 257, qr{^"/home/alice"}, 'alice is at home');
	is(($first->stor('x', 'y'))[0], 226, 'and may write');
	$second->expect('USER alice', 331);
	$second->expect('PASS secret', 530, undef,
	    'the second knows no local users');
	$second->quit;
	$second = dial('127.0.0.1', 2121);
	$second->login('vera');
	is(($second->retr('only-here'))[0], 'text', 'but its own user');
	isnt(($second->stor('x', 'y'))[0], 226, 'who may not write there');
	$second->quit;
	$second = dial('127.0.0.1', 2121);
	$second->login('anonymous');
	is(($second->retr('only-here'))[0], 'text', 'and anonymous ones');
	$second->quit;
	$first->quit;
	$first = dial('127.0.0.1', 21);
	$first->expect('USER anonymous', 331);
	$first->expect('PASS x', 530, undef, 'which the first has not');
	$first->quit;
	$first = dial('127.0.0.1', 21);
	$first->expect('USER vera', 331);
	$first->expect('PASS secret', 530, undef,
	    'nor does it know the other\'s user');
	$first->quit;
	ok(Inftpd::Test::wait_until(sub { sessions() <= 2 }, 5), 'all end');
}

sub banner {
	my ($port) = @_;
	my $socket;

	Inftpd::Test::wait_until(sub { $socket = IO::Socket::IP->new(
	    PeerHost => '127.0.0.1', PeerPort => $port,
	    Type => Socket::SOCK_STREAM) }, 5) or return 'no connection';
	my $line = <$socket> // '';
	return $line =~ s/\r\n//r;
}

subtest 'listeners' => sub {
	my @both = (listener(), listener('--instance', 'second'));

	is(banner(21), '220 The first', 'the first');
	is(banner(2121), '220 The second', 'the second');
	ok(Inftpd::Test::wait_until(sub { sessions() == 2 }, 5), 'both end');
	check_both();
	write_file("$dir/conf.d/50-new.conf", "ftpd_banner=Changed\n");
	ok(Inftpd::Test::wait_until(sub { banner(2121) eq '220 Changed' }, 5),
	    'the second follows its own configuration');
	ok(Inftpd::Test::wait_until(sub { banner(21) eq '220 The first' }, 5),
	    'the first does not care');
	write_file("$dir/conf.d/50-new.conf", "nonsense=1\n");
	ok(Inftpd::Test::wait_until(sub { banner(2121) =~ /^421 / }, 5),
	    'nor for its errors');
	ok(Inftpd::Test::wait_until(sub { banner(21) eq '220 The first' }, 5),
	    'really');
	unlink "$dir/conf.d/50-new.conf";
	Inftpd::System::stop(@both);
};

subtest 'behind a super-server' => sub {
	my $first = super_server();
	my $c = dial();
	$c->quit;
	Inftpd::System::stop($first);
	my $second = super_server(options => ['--instance', 'second']);
	is(banner(21), '220 The second', 'the option chooses');
	Inftpd::Test::wait_until(sub { !sessions() }, 5);
	$c = dial();
	$c->login('vera');
	is(($c->retr('only-here'))[0], 'text', 'in the helper, too');
	$c->quit;
	Inftpd::System::stop($second);
};

subtest 'under xinetd' => sub {
	plan skip_all => 'no xinetd here'
	    if system('command -v xinetd >/dev/null') != 0;
	my $entry = read_file(xinetd_entry()) =~ s/(disable\s*=\s*)yes/$1no/r;
	my $other = $entry =~ s/service ftp/service ftp-second/r
	    =~ s/(id\s*=\s*)inftpd/$1second/r
	    =~ s/(\tserver\s*=.*\n)/$1\tserver_args = --instance second\n/r;

	write_file('/tmp/xinetd.conf', $entry . $other);
	write_file('/etc/services', "ftp 21/tcp\nftp-second 2121/tcp\n");
	my $xinetd = Inftpd::System::start([qw(xinetd -dontfork -f
	    /tmp/xinetd.conf -filelog /tmp/xinetd.log -pidfile /tmp/pid)]);
	check_both();
	Inftpd::System::stop($xinetd);
};

subtest 'names' => sub {
	for my $name ('../second', 'a/b', '', 'x' x 300, "a\nb", '.') {
		my $said = qx(@{[ program() ]} --check-config --instance '$name' 2>&1);

		$name eq '' ? is($? >> 8, 0, 'the empty one is the first')
		    : like($said, qr/letters, digits/, 'not a name');
	}
	my $said = qx(@{[ program() ]} --show-config --instance second 2>&1);
	like($said, qr/^listen_port=2121\b/m, '--show-config shows its own');
	$said = qx(@{[ program() ]} --check-config --instance nowhere 2>&1);
	is($? >> 8, 2, '--check-config: one without directory is an error');
	like($said, qr{^error: /\S+/instances/nowhere/conf\.d: .*mkdir}m,
	    'and its line names the directory');
	my $server = super_server(options => ['--instance', 'nowhere']);
	my $c = dial();
	$c->expect('USER anonymous', 331);
	$c->expect('PASS x', 530, undef, 'one without directory lets nobody in');
	$c->quit;
	Inftpd::System::stop($server);
};

done_testing;
