#!/usr/bin/perl
# Transcript tier, no root: the layers of a configuration, as --show-config
# tells them for a client, a host and a user: which files are chosen, which
# goes before which, what is an error; and its output fed back.
use strict;
use warnings;
use File::Temp ();
use Test::More;

my $inftpd = ($ENV{abs_top_builddir} // 'build') . '/ftpd/inftpd';
my $dir = File::Temp->newdir;

sub put {
	my ($path, $text) = @_;
	my $at = "$dir";

	for my $part (split m{/}, $path =~ s{[^/]*$}{}r) {
		$at .= "/$part";
		mkdir $at, 0755;
	}
	open my $out, '>', "$dir/$path" or die "$path: $!";
	print $out $text;
	close $out or die "$path: $!";
	chmod 0644, "$dir/$path";
}

# Status and what was said, without the directory.
sub run {
	my @options = @_;

	open my $pipe, '-|', 'sh', '-c', 'exec "$@" 2>&1', 'sh', $inftpd,
	    '--config', "$dir", '--show-config', @options or die "sh: $!";
	local $/;
	my $said = <$pipe> // '';
	close $pipe;
	return ($? >> 8, $said =~ s{\Q$dir\E/}{}gr);
}

# What the directive name is, and where from.
sub value {
	my ($name, @options) = @_;
	my ($status, $said) = run(@options);

	return "status $status: $said" if $status != 0;
	return $said =~ /^# origin: (.*)\n\Q$name\E=(.*)$/m ? "$2 ($1)"
	    : 'not shown';
}

sub refused {
	my ($options, $error, $test) = @_;
	my ($status, $said) = run(@$options);

	is $said, "error: $error\n", $test;
	is $status, 2, "$test: status";
}

# --- which goes before which ------------------------------------------------

my @who = qw(--from 192.0.2.7 --host ftp.example.com --user daemon);
my @layers = (['inftpd.conf', ''],
    ['conf.d/10.conf', ''],
    ['net.d/192.0.2.0_24.conf', ''],
    ['host.d/ftp.example.com/10.conf', ''],
    ['group.d/daemon.conf', ''],
    ['user.d/daemon.conf', '']);
my $number = 0;

put('host.d/ftp.example.com/00.conf', '');
for my $layer (@layers) {
	put($layer->[0], 'local_max_rate=' . ++$number . "\n");
	is value('local_max_rate', @who), "$number ($layer->[0]:1)",
	    "$layer->[0] goes before those above";
}
is value('local_max_rate'), '2 (conf.d/10.conf:1)',
    'nobody in particular has the first layer';
is value('local_max_rate', '--from', '192.0.2.255'),
    '3 (net.d/192.0.2.0_24.conf:1)', 'another client of the network';
is value('local_max_rate', '--from', '192.0.3.0'), '2 (conf.d/10.conf:1)',
    'a client of the next one';
is value('local_max_rate', '--host', 'ftp.example.com'),
    '4 (host.d/ftp.example.com/10.conf:1)', 'the host alone';
is value('local_max_rate', '--user', 'root'), '2 (conf.d/10.conf:1)',
    'another user is not in the group';
unlink "$dir/user.d/daemon.conf";
is value('local_max_rate', @who), '5 (group.d/daemon.conf:1)', 'the group';

# --- net.d ------------------------------------------------------------------

put('net.d/192.0.0.0_16.conf', "local_max_rate=16\nftpd_banner=wide\n");
put('net.d/192.0.2.7.conf', "local_max_rate=32\n");
put('net.d/0.0.0.0_0.conf', "local_max_rate=1\nmax_per_ip=9\n");
put('net.d/2001:db8::_32.conf', "local_max_rate=66\n");
put('net.d/2001:db8::1.conf', "local_max_rate=68\n");
is value('local_max_rate', qw(--from 192.0.2.7)),
    '32 (net.d/192.0.2.7.conf:1)', 'an address goes before its network';
is value('ftpd_banner', qw(--from 192.0.2.7)),
    'wide (net.d/192.0.0.0_16.conf:2)', 'what the narrow do not say stays';
is value('max_per_ip', qw(--from 192.0.2.7)), '9 (net.d/0.0.0.0_0.conf:2)',
    'a network of all';
is value('local_max_rate', qw(--from ::ffff:192.0.2.8)),
    '3 (net.d/192.0.2.0_24.conf:1)', 'IPv4 mapped into IPv6 is IPv4';
is value('local_max_rate', qw(--from 2001:db8:0:0::2)),
    '66 (net.d/2001:db8::_32.conf:1)', 'an IPv6 network';
is value('local_max_rate', qw(--from 2001:db8::1)),
    '68 (net.d/2001:db8::1.conf:1)', 'an IPv6 address';
is value('local_max_rate', qw(--from 2001:db9::1)), '2 (conf.d/10.conf:1)',
    'another network';
is value('max_per_ip', qw(--from ::1)), '0 (default)',
    'all of IPv4 is nothing of IPv6';
put('net.d/10.0.0.0_25.conf', "max_clients=25\n");
is value('max_clients', '--from', $_), '25 (net.d/10.0.0.0_25.conf:1)', $_
    for qw(10.0.0.0 10.0.0.127);
is value('max_clients', '--from', $_), '0 (default)', $_
    for qw(10.0.0.128 10.0.1.0 9.255.255.255);

for my $name ('192.0.2.1_24', '192.0.2.0_33', '192.0.2.0_', '192.0.2.0_024',
    '192.0.2_24', '2001:db8::1_64', '192.0.2.0-24', 'lan', '192.0.2.0_2x',
    '::ffff:192.0.2.0_120', '1' x 60, '192.0.2.0_24_24') {
	put("net.d/$name.conf", '');
	refused(['--from', '198.51.100.1'], "net.d/$name.conf: " .
	    ($name =~ /_(?:24|64)$/ && $name =~ /1_/
		? 'bits are set behind the prefix'
		: 'the name is no network') .
	    '; names are like 192.0.2.0_24.conf, 2001:db8::_32.conf or ' .
	    '192.0.2.1.conf', "no network: $name");
	unlink "$dir/net.d/$name.conf";
}
put('net.d/README', 'not a drop-in');
unlink "$dir/net.d/192.0.2.7.conf";
symlink '/dev/null', "$dir/net.d/192.0.2.7.conf" or die $!;
is value('local_max_rate', qw(--from 192.0.2.7)),
    '3 (net.d/192.0.2.0_24.conf:1)', 'a masked one';
put('net.d/198.51.100.0_24.conf', "\nlisten_port=2121\n");
refused([qw(--from 198.51.100.9)], 'net.d/198.51.100.0_24.conf:2: ' .
    'listen_port: not in a drop-in of net.d; it may stand in inftpd.conf, ' .
    'conf.d', 'what no client may choose');
is value('listen_port', qw(--from 198.51.101.9)), '21 (default)',
    'and nobody else is bothered';
put('net.d/198.51.100.0_24.conf', "pasv_min_port=9\npasv_max_port=8\n");
refused([qw(--from 198.51.100.9)], 'net.d/198.51.100.0_24.conf:1: ' .
    'pasv_min_port: 9 is above pasv_max_port; at most 8',
    'a contradiction in a layer');

# --- host.d -----------------------------------------------------------------

put('host.d/ftp.example.com/20.conf', "local_max_rate=20\n");
put('host.d/ftp.example.com/note', "local_max_rate=21\n");
is value('local_max_rate', '--host', $_),
    '20 (host.d/ftp.example.com/20.conf:1)', "the host, called $_"
    for qw(ftp.example.com FTP.Example.COM ftp.example.com.);
symlink 'ftp.example.com', "$dir/host.d/$_" or die $!
    for qw(www.example.com 192.0.2.10 2001:db8::10);
is value('local_max_rate', '--host', $_),
    "20 (host.d/" . lc . '/20.conf:1)', "a link to it, $_"
    for qw(www.example.com 192.0.2.10 2001:DB8::10);
is value('local_max_rate', qw(--host 192.0.2.11)), '2 (conf.d/10.conf:1)',
    'an address that has no host';
refused([qw(--host no.example.com)], 'host.d/no.example.com: there is no ' .
    'such virtual host', 'no such host');
symlink '/dev/null', "$dir/host.d/off.example.com" or die $!;
refused([qw(--host off.example.com)], 'host.d/off.example.com: there is no ' .
    'such virtual host', 'a masked one');
put('host.d/flat.example.com', "local_max_rate=1\n");
refused([qw(--host flat.example.com)], 'host.d/flat.example.com: cannot be ' .
    'read: Not a directory', 'a file in place of the directory');
put('host.d/ftp.example.com/20.conf', "ssl_enable=YES\n");
refused([qw(--host ftp.example.com)], 'host.d/ftp.example.com/20.conf:1: ' .
    'ssl_enable: not in a drop-in of host.d; it may stand in inftpd.conf, ' .
    'conf.d, net.d', 'what comes too late for a host');
unlink "$dir/host.d/ftp.example.com/20.conf";
for my $name ('', '.', 'a..b', '-a', 'a-', 'a_b', 'a/b', '../x', 'a b',
    'a' x 64, join('.', ('a' x 63) x 4), '.a', 'a..') {
	my ($status, $said) = run('--host', $name);

	is $status, 2, "\"$name\" is no host: status";
	like $said, qr/^inftpd: --host \Q$name\E: a domain name or an address$/m,
	    "\"$name\" is no host";
}
my ($status, $said) = run('--from', '192.0.2');
like $said, qr/^inftpd: --from 192.0.2: an IPv4 or IPv6 address$/m,
    'no address';

# --- group.d and user.d -----------------------------------------------------

put('group.d/nogroup.conf', "local_max_rate=99\n");
put('group.d/daemon', "local_max_rate=98\n");
put('group.d/no-such-group.conf', "broken\n");
is value('local_max_rate', qw(--user daemon)), '5 (group.d/daemon.conf:1)',
    'files of other groups are not read';
put('group.d/daemon.conf', "anonymous_enable=YES\n");
refused([qw(--user daemon)], 'group.d/daemon.conf:1: anonymous_enable: ' .
    'not in a drop-in of group.d; it may stand in inftpd.conf, conf.d, ' .
    'net.d, host.d', 'what comes too late for a group');
put('group.d/daemon.conf', "password=x\n");
refused([qw(--user daemon)], 'group.d/daemon.conf:1: password: not in a ' .
    'drop-in of group.d; it may stand in user.d/NAME.conf',
    'a password for a group');
put('group.d/daemon.conf', "");

put('host.d/ftp.example.com/30.conf', "user_config_dir=$dir/users\n");
put('users/ann.conf', "password=\$y\$j9T\$salt\$secret" . 'x' x 37 . "\nlocal_max_rate=77\n");
is value('local_max_rate', qw(--host ftp.example.com --user ann)),
    '77 (users/ann.conf:2)', 'a host with users of its own';
is value('local_max_rate', qw(--user ann)), '2 (conf.d/10.conf:1)',
    'who are nobody elsewhere';

# --- fed back ---------------------------------------------------------------

my @ann = qw(--from 192.0.2.7 --host ftp.example.com --user ann);
$said = `$inftpd --config $dir --show-config @ann`;
is $?, 0, 'shown for a session';
unlike $said, qr/secret/, 'hashes are not shown';
like $said, qr/^# password is set \(not shown\)$/m, 'but that there is one';
my $again = File::Temp->newdir;
open my $out, '>', "$again/inftpd.conf" or die $!;
print $out $said;
close $out or die $!;
my $second = `$inftpd --config $again --show-config 2>&1`;
s/^# (?:origin: |password ).*\n//mg for $said, $second;
is $second, $said, 'the output for a session, fed back, is the same';

# --- owner and mode ---------------------------------------------------------

unlink "$dir/host.d/ftp.example.com/30.conf";
for my $file ('inftpd.conf', 'conf.d/10.conf', 'net.d/192.0.2.0_24.conf',
    'host.d/ftp.example.com/10.conf', 'group.d/daemon.conf',
    'user.d/daemon.conf', 'conf.d', 'net.d', 'host.d/ftp.example.com',
    'group.d') {
	put($file, '') if !-e "$dir/$file";
	my $mode = (stat "$dir/$file")[2] & 07777;

	for my $bit (020, 002) {
		chmod $mode | $bit, "$dir/$file";
		refused(\@who, "$file: writable by group or others; take " .
		    'that away (chmod go-w)', sprintf '%s: %o', $file, $bit);
	}
	chmod $mode, "$dir/$file";
	next if $> != 0;
	chown 1, 0, "$dir/$file";
	refused(\@who, "$file: belongs to uid 1; make it root's own " .
	    '(chown 0)', "$file: somebody else's");
	chown 0, 0, "$dir/$file";
}

done_testing;
