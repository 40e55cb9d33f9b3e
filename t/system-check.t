#!/usr/bin/perl
# System tier, root: --check-config of an installed server, with accounts,
# units and a set-uid helper that are not as they should be; by root and by
# somebody who may not see everything.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::System;
use Test::More;

my $helper = helper_path();
my $check = program() . ' --check-config';

sub check {
	my ($command) = @_;
	my $said = qx(@{[ $command // $check ]} 2>&1 >/dev/null);

	return ($? >> 8, split /\n/, $said);
}

# A finding of this status, and one line with these words in this order.
sub finds {
	my ($name, $status, @words) = @_;
	my ($got, @said) = check();
	my $pattern = join '.*', map { quotemeta } @words;
	local $Test::Builder::Level = $Test::Builder::Level + 1;

	is($got, $status, "$name: status $status");
	is(scalar(grep { /^$pattern/ } @said), 1, "$name: its line") or
	    diag(join "\n", $pattern, @said);
}

sub is_fine {
	my ($name) = @_;
	my ($got, @said) = check();
	local $Test::Builder::Level = $Test::Builder::Level + 1;

	is($got, 0, "$name: mended") or diag(join "\n", @said);
}

my %home = three_kinds();
is_fine('three kinds of users');

subtest 'the helper' => sub {
	my $group = 0 + (stat $helper)[5];

	for my $case ([0750, 0, 'not set-uid'], [04750, 1001, 'not root\'s'],
	    [04700, 0, 'not executable for the group'],
	    [04770, 0, 'writable by others'],
	    [04755, 0, 'executable for everybody']) {
		my ($mode, $owner, $words) = @$case;

		chown $owner, $group, $helper;
		chmod $mode, $helper;
		finds($words, 2, "error: $helper: ", $words,
		    "chown root:inftpd $helper && chmod 4750 $helper");
	}
	system("chown root:inftpd $helper && chmod 4750 $helper");
	is_fine('the helper');
	chown 0, 0, $helper;
	chmod 04750, $helper;
	finds('another group', 2, "error: $helper: not executable for the group");
	write_file('/run/inftpd/helper.socket', '');
	finds('but the socket is there', 0, "note: $helper: ",
	    '/run/inftpd/helper.socket serves instead');
	unlink '/run/inftpd/helper.socket';
	rename $helper, "$helper.away";
	finds('no helper', 2, "error: $helper: No such file");
	rename "$helper.away", $helper;
	system("chown root:inftpd $helper && chmod 4750 $helper");
	is_fine('the helper');
};

subtest 'what root reads and a session may not' => sub {
	my $etc = conf_path('');
	my $words = 'cannot be read: Permission denied for the user inftpd, so ' .
	    'clients are turned away (chmod o+r';

	for my $case (["${etc}inftpd.conf", 0600, 0644],
	    ["${etc}conf.d", 0700, 0755], ["${etc}conf.d/a.conf", 0600, 0644],
	    ["${etc}net.d", 0700, 0755],
	    ["${etc}net.d/192.0.2.0_24.conf", 0640, 0644]) {
		my ($path, $shut, $open) = @$case;

		mkdir $path if $open == 0755;
		write_file($path, "# nothing\n") if $open == 0644 && !-e $path;
		chmod $shut, $path;
		finds("$path is shut", 2, "error: $path: ", $words);
		chmod $open, $path;
		is_fine($path);
	}
	unlink "${etc}conf.d/a.conf", "${etc}net.d/192.0.2.0_24.conf";
	rmdir "${etc}net.d";
	# What only the helper reads may be shut to all others.
	mkdir "${etc}group.d", 0700;
	is_fine('group.d');
	rmdir "${etc}group.d";
	chown 0, 0, '/srv/vera';
	finds('a directory of root\'s', 0, 'note: ', 'vera.conf:',
	    'ftp may not write to /srv/vera itself', '(chown ftp /srv/vera)');
	chown 901, 901, '/srv/vera';
	is_fine('the directory');
};

subtest 'accounts' => sub {
	for my $directive (qw(ftp_username guest_username)) {
		three_kinds($directive => 'nobodysuch');
		finds($directive, 2, 'error: /', 'inftpd.conf:',
		    "$directive: no user nobodysuch in /etc/passwd",
		    'useradd --system nobodysuch');
		three_kinds($directive => 'root');
		finds("$directive is root", 2, 'error: /',
		    "$directive: root has uid or gid 0");
	}
	three_kinds(chown_uploads => 'YES', chown_username => 'nobodysuch');
	finds('chown_username', 2, 'error: /',
	    'chown_username: no user nobodysuch');
	three_kinds();
	my $passwd = read_file('/etc/passwd');
	write_file('/etc/passwd', $passwd =~ s/^inftpd:.*\n//mr);
	finds('no inftpd', 2, 'error: /etc/passwd: the user inftpd',
	    'useradd --system inftpd');
	write_file('/etc/passwd', $passwd);
	is_fine('accounts');
};

subtest 'what each user may reach' => sub {
	chmod 0700, '/srv/ftp';
	chown 0, 0, '/srv/ftp';
	finds('a root that is shut', 2, 'error: default: ftp_username: /srv/ftp: ',
	    'the user ftp cannot read and enter it', 'chmod o+rx /srv/ftp');
	chmod 0711, '/srv/ftp';
	finds('uploads, and no lists', 0, 'note: default: ftp_username: /srv/ftp: ',
	    'the user ftp cannot read it', 'chmod o+r /srv/ftp');
	three_kinds(write_enable => 'NO');
	finds('no lists', 1, 'warning: default: ftp_username: /srv/ftp: ',
	    'the user ftp cannot read it', 'chmod o+r /srv/ftp');
	three_kinds();
	chmod 0755, '/srv/ftp';
	is_fine('a root that is shut');
	chown 0, 0, '/srv/ftp/pub';
	finds('uploads and nowhere to', 1, 'warning: /', 'anon_upload_enable: ' .
	    '/srv/ftp has no directory that ftp may write to',
	    'mkdir /srv/ftp/incoming && chown ftp /srv/ftp/incoming');
	system('mkdir /srv/ftp/incoming && chown ftp /srv/ftp/incoming');
	is_fine('uploads and nowhere to');
	# As vsftpd wants it, and as it need not be: what leads there is shut.
	mkdir '/srv/shut';
	mkdir '/srv/shut/pub';
	chmod 0700, '/srv/shut';
	mkdir '/srv/shut/pub/box';
	chown 901, 901, '/srv/shut/pub/box';
	three_kinds(anon_root => '/srv/shut/pub');
	is_fine('a root behind a shut directory, which root opens');
	write_file('/srv/shut/banner', 'hello');
	three_kinds(banner_file => '/srv/shut/banner');
	finds('a banner that inftpd cannot read', 1, 'warning: /',
	    'banner_file: /srv/shut/banner: Permission denied for the user inftpd');
	three_kinds(xferlog_enable => 'YES', xferlog_file => '/var/log/x',
	    xferlog_std_format => 'YES');
	finds('a log that inftpd cannot make', 1, 'warning: /',
	    'xferlog_file: /var/log/x: Permission denied',
	    'install -o inftpd -m 640 /dev/null /var/log/x');
	system('install -o inftpd -m 640 /dev/null /var/log/x');
	is_fine('a log that inftpd cannot make');
	unlink '/var/log/x';
	three_kinds(max_clients => 5);
	chown 0, 0, '/run/inftpd/sessions';
	finds('no table of sessions', 2, 'error: /', 'max_clients: sessions are ' .
	    'counted in /run/inftpd/sessions', 'Permission denied',
	    'systemd-tmpfiles --create');
	chown 900, 900, '/run/inftpd/sessions';
	is_fine('no table of sessions');
};

subtest 'where users come from, and records go' => sub {
	three_kinds(virtual_users_file => '/etc/users');
	finds('no file of users', 2, 'error: /', 'virtual_users_file: ' .
	    '/etc/users: No such file', 'cannot log in until');
	write_file('/etc/users', '');
	chmod 0666, '/etc/users';
	finds('one that others may write', 2, 'error: /', 'virtual_users_file: ' .
	    '/etc/users: is writable by group or others', 'chmod go-w');
	chmod 0600, '/etc/users';
	is_fine('a file of users');
	three_kinds(auth_socket => '/run/auth');
	finds('no authenticator', 2, 'error: /', 'auth_socket: /run/auth: No such');
	three_kinds(upload_spool_dir => '/srv/spool/new');
	finds('no directory for records', 2, 'error: /',
	    'upload_spool_dir: /srv/spool/new: No such file');
	mkdir $_ for '/srv/spool', '/srv/spool/new';
	finds('one that is not sticky', 2, 'error: /', 'upload_spool_dir: ',
	    'chmod 1733 /srv/spool/new');
	chmod 01733, '/srv/spool/new';
	finds('one that all can reach', 2, 'error: /', 'upload_spool_dir: ',
	    'chmod o= /srv/spool/new/..');
	chmod 0750, '/srv/spool';
	is_fine('a directory for records');
};

subtest 'units' => sub {
	my $wants = '/etc/systemd/system/sockets.target.wants';
	my $unit = unit_path('ftp.socket');

	three_kinds(max_clients => 1000, max_per_ip => 30);
	is_fine('a socket that is not switched on');
	system("mkdir -p $wants /etc/systemd/system/ftp.socket.d");
	symlink $unit, "$wants/ftp.socket" or die "$wants: $!";
	finds('MaxConnections', 1, 'warning: /', 'max_clients: 1000 is not below ' .
	    "MaxConnections=1000 of ftp.socket ($unit:",
	    'set MaxConnections above 1000 there, or max_clients below 1000');
	write_file('/etc/systemd/system/ftp.socket.d/10-more.conf',
	    "[Socket]\nMaxConnections=2000\n");
	is_fine('MaxConnections');
	write_file('/etc/systemd/system/ftp.socket.d/20-less.conf',
	    "[Socket]\nMaxConnectionsPerSource=30\n");
	finds('MaxConnectionsPerSource', 1, 'warning: /', 'max_per_ip: 30 is not ' .
	    'below MaxConnectionsPerSource=30 of ftp.socket ' .
	    '(/etc/systemd/system/ftp.socket.d/20-less.conf:2)');
	unlink '/etc/systemd/system/ftp.socket.d/20-less.conf';
	is_fine('MaxConnectionsPerSource');
	unlink "$wants/ftp.socket";
};

subtest 'xinetd' => sub {
	my $entry = xinetd_entry();
	my $text = read_file($entry);

	three_kinds(max_clients => 1000);
	is_fine('an entry that is switched off');
	write_file($entry, $text =~ s/(disable\s*=\s*)yes/$1no/r);
	finds('instances', 1, 'warning: /', 'max_clients: 1000 is not below ' .
	    "instances=1000 of xinetd's entry inftpd ($entry:");
	write_file($entry, $text =~ s/(disable\s*=\s*)yes/$1no/r
	    =~ s/(instances\s*=\s*)1000/$1UNLIMITED/gr);
	is_fine('instances');
	# The same port for two.
	my $wants = '/etc/systemd/system/sockets.target.wants';

	three_kinds();
	symlink unit_path('ftp.socket'), "$wants/ftp.socket";
	finds('two on port 21', 1, "warning: xinetd's entry inftpd: port 21 is " .
	    'also that of ftp.socket, and one program gets it; switch one of them ' .
	    'off');
	write_file('/etc/systemd/system/ftp.socket.d/30-port.conf',
	    "[Socket]\nListenStream=\nListenStream=[::]:2121\n");
	is_fine('on another port');
	unlink '/etc/systemd/system/ftp.socket.d/30-port.conf';
	symlink unit_path('ftps.socket'), "$wants/ftps.socket";
	write_file($entry, $text);
	is_fine('two ways in, each with a port of its own');
	symlink unit_path('ftp-hardened.socket'), "$wants/ftp-hardened.socket";
	finds('two sockets', 1, 'warning: ftp-hardened.socket: port 21 is also ' .
	    'that of ftp.socket');
	unlink map { "$wants/$_" } qw(ftp.socket ftps.socket ftp-hardened.socket);
	write_file($entry, $text =~ s/(disable\s*=\s*)yes/$1no/gr
	    =~ s/(service\s+ftps\n\{)/$1\n\tport = 21/r);
	finds('two entries', 1, "warning: xinetd's entry inftpd: port 21 is also");
	write_file($entry, $text);
};

subtest 'somebody else asks' => sub {
	my $key = '/etc/inftpd/key.pem';

	plan skip_all => 'built without OpenSSL' if !Inftpd::Test::built('tls');
	system("openssl req -x509 -nodes -newkey rsa:2048 -days 90 -subj /CN=a " .
	    "-keyout $key -out /etc/inftpd/cert.pem 2>/dev/null");
	chmod 0600, $key;
	three_kinds(ssl_enable => 'YES', rsa_cert_file => '/etc/inftpd/cert.pem',
	    rsa_private_key_file => $key);
	is_fine('root sees the key');
	my $command = join ' ', 'setpriv --reuid=65534 --regid=65534',
	    '--clear-groups', $check;
	my ($status, @said) = check($command);
	is($status, 0, 'nobody is told of no trouble');
	is(scalar(grep { m{^note: .*\Q$key\E: only root can read it} } @said), 1,
	    'but of what could not be seen') or diag(join "\n", @said);
	is(scalar(grep { m{^note: .*user\.d/vera\.conf: only root} } @said), 1,
	    'and of drop-ins') or diag(join "\n", @said);
	chown 1001, 1001, $key;
	finds('the key is not root\'s', 1, 'warning: /', 'rsa_private_key_file: ' .
	    "$key: the key should be root's", "chown root $key");
	system("chown root $key");
	is_fine('the key is not root\'s');
};

done_testing;
