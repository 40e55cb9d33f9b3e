#!/usr/bin/perl
# Tier 3: the layers of a configuration with the set-uid helper: by client's
# network, virtual host, group and user; files that only root can read; files
# that somebody else could write; names looked up outside sessions.

use strict;
use warnings;

use File::Path ();
use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::System;
use Test::More;

sub layer {
	my ($name, %conf) = @_;
	my $path = conf_path($name);

	File::Path::make_path($path =~ s{/[^/]*$}{}r);
	write_file($path, join '', map { "$_=$conf{$_}\n" } sort keys %conf);
}

# The shown value of a directive, with --show-config run as root.
sub shown {
	my ($name, @options) = @_;
	my $said = join "\n", map { chomp; $_ }
	    qx{@{[program()]} --show-config @options 2>&1};

	return $said =~ /^\Q$name\E=(.*)$/m ? $1 : $said;
}

my %home = three_kinds(ftpd_banner => 'All.');
account('bob', uid => 1002, gid => 1050);
write_file('/etc/group', "staff:x:1060:bob,vera\nguests:x:1070:alice\n", 1);
super_server();

subtest 'the network of the client' => sub {
	layer('net.d/192.0.2.0_24.conf', ftpd_banner => 'Net.',
	    local_enable => 'NO');
	layer('net.d/fd00::_8.conf', ftpd_banner => 'Six.');
	my $c = dial('192.0.2.1');
	$c->expect('USER alice', 331);
	$c->expect('PASS secret', 530, undef, 'the helper has it');
	log_has(qr/user "alice": no such user \(local_enable=NO\)/, 'and says so');
	$c->expect('REIN', 220, 'Net.', 'and so has ftpd');
	$c->quit;
	$c = dial('fd00::1');
	$c->expect('REIN', 220, 'Six.', 'an IPv6 network');
	$c->login('alice');
	$c->quit;
	$c = dial();
	$c->expect('REIN', 220, 'All.', 'another network');
	$c->login('alice');
	$c->quit;
	is(shown('ftpd_banner', '--from', '192.0.2.9'), 'Net.', '--show-config');
	unlink glob conf_path('net.d/*');
};

subtest 'groups' => sub {
	layer('group.d/bob.conf', local_max_rate => 1, write_enable => 'NO');
	layer('group.d/staff.conf', local_max_rate => 2, cmds_denied => 'SIZE');
	layer('group.d/guests.conf', local_root => '/srv');
	chmod 0600, glob conf_path('group.d/*');
	# bob's gid is 1050, of the group bob.
	my $c = dial();
	$c->login('bob');
	$c->expect('SIZE x', 550, qr/not allowed/, 'a supplementary group');
	$c->expect('MKD x', 550, undef, 'the primary group');
	$c->quit;
	is(shown('local_max_rate', '--user', 'bob'), 2,
	    'the primary group comes first');
	$c = dial();
	$c->login('vera');
	$c->expect('SIZE x', 550, qr/not allowed/,
	    'a virtual user that /etc/group lists');
	$c->expect('MKD x', 257, undef, 'who is in no other');
	$c->quit;
	$c = dial();
	$c->login('alice');
	$c->expect('PWD', 257, qr{"/srv"}, 'a directive of the helper');
	$c->quit;
	$c = dial();
	$c->login('anonymous');
	unlike(($c->cmd('SIZE pub'))[1], qr/not allowed/, 'an anonymous session');
	$c->quit;
	layer('group.d/staff.conf', pasv_enable => 'PERHAPS');
	$c = dial();
	$c->expect('USER bob', 331);
	$c->expect('PASS wrong', 530);
	log_has(qr/user "bob": wrong password/, 'a wrong password reads none');
	$c->expect('USER bob', 331);
	$c->expect('PASS secret', 530, undef, 'an error');
	log_has(qr{group\.d/staff\.conf:1: pasv_enable}, 'and where it is');
	$c->login('alice');
	$c->quit;
	unlink glob conf_path('group.d/*');
};

subtest 'hosts' => sub {
	layer('host.d/red.example.com/10.conf', ftpd_banner => 'Red.',
	    anonymous_enable => 'NO', local_root => '/srv');
	layer('host.d/blue.example.com/10.conf', ftpd_banner => 'Blue.',
	    user_config_dir => '/srv/blue.d', local_enable => 'NO');
	mkdir '/srv/blue.d';
	write_file('/srv/blue.d/vera.conf', 'password=' .
	    crypt('blue', '$6$rounds=1000$inftpdtest$') .
	    "\nlocal_root=/srv/vera\n");
	chmod 0600, '/srv/blue.d/vera.conf', conf_path('host.d/red.example.com/10.conf');
	chmod 0700, conf_path('host.d/red.example.com');
	my $c = dial();
	$c->expect('HOST red.example.com', 220, 'Red.',
	    'a host that only root can read');
	$c->expect('USER anonymous', 331);
	$c->expect('PASS x@', 530, undef, 'who may not log in there');
	$c->login('alice');
	$c->expect('PWD', 257, qr{"/srv"}, 'the root of the host');
	$c->quit;
	# What everybody is shown is opened with the rights of ftpd, not root's.
	account('carol', uid => 1003);
	chmod 0755, '/home/carol';
	layer('host.d/red.example.com/20.conf',
	    banner_file => '/home/carol/banner');
	write_file('/home/carol/banner', "Carol's.\n");
	$c = dial();
	is(($c->expect('HOST red.example.com', 220, 'Red.'))[0],
	    "220-Carol's.", 'a banner_file');
	$c->quit;
	unlink '/home/carol/banner';
	symlink '/etc/shadow', '/home/carol/banner';
	$c = dial();
	is_deeply([$c->expect('HOST red.example.com', 220, 'Red.')],
	    ['220 Red.'], 'a banner_file that leads to what ftpd cannot read');
	log_has(qr{banner_file /home/carol/banner: Permission denied},
	    'and the log says why');
	$c->expect('USER alice', 331);
	$c->expect('PASS secret', 230, undef, 'and the helper is root again');
	$c->quit;
	unlink conf_path('host.d/red.example.com/20.conf');
	$c = dial();
	$c->expect('HOST blue.example.com', 220, 'Blue.');
	$c->expect('USER vera', 331);
	$c->expect('PASS secret', 530, undef, 'users of elsewhere');
	$c->expect('USER vera', 331);
	$c->expect('PASS blue', 230, undef, 'users of the host');
	$c->quit;
	is(shown('ftpd_banner', '--host', 'red.example.com'), 'Red.',
	    '--show-config');
	symlink 'blue.example.com', conf_path('host.d/192.0.2.1');
	$c = dial('192.0.2.1');
	$c->expect('USER vera', 331);
	$c->expect('PASS blue', 230, undef, 'a host by address');
	$c->quit;
	unlink conf_path('host.d/192.0.2.1');
	symlink 'red.example.com', conf_path('host.d/192.0.2.1');
	eval { dial('192.0.2.1') };
	like($@, qr/greeted with 421/, 'one that ftpd cannot read: 421');
	log_has(qr{host\.d/192\.0\.2\.1: cannot be read: Permission denied},
	    'and the log says why');
	File::Path::remove_tree(conf_path('host.d'));
};

# What somebody hears who tries: 421 comes with the greeting or later, since
# it may be the helper alone who does not trust a file.
sub login_of {
	my ($user) = @_;
	my $c = eval { dial() };

	return ($@ =~ /greeted with (\d+)/)[0] if !$c;
	my ($code) = $c->cmd("USER $user");

	($code) = $c->cmd('PASS secret') if $code eq 331;
	return $code;
}

subtest 'certificates of hosts' => sub {
	my $key = '/etc/ssl-test';

	plan skip_all => 'built without OpenSSL' if !Inftpd::Test::built('tls');
	mkdir $key, 0700;
	for my $name ('server', 'red') {
		system("openssl req -x509 -nodes -days 2 -subj /CN=$name -newkey " .
		    'ec -pkeyopt ec_paramgen_curve:prime256v1 ' .
		    "-keyout $key/$name.key -out $key/$name.pem 2>/dev/null") == 0
		    or die "openssl: $?\n";
		chmod 0600, "$key/$name.key", "$key/$name.pem";
	}
	layer('conf.d/30.conf', ssl_enable => 'YES',
	    rsa_cert_file => "$key/server.pem",
	    rsa_private_key_file => "$key/server.key");
	layer('host.d/red.example.com/10.conf', rsa_cert_file => "$key/red.pem",
	    rsa_private_key_file => "$key/red.key");
	for my $case (['red.example.com', 'red'], ['other.example.com', 'server']) {
		my ($host, $issuer) = @$case;
		my $command = 'openssl s_client -connect 127.0.0.1:21 ' .
		    "-starttls ftp -servername $host </dev/null 2>/dev/null";
		my $subject = qx{$command | openssl x509 -noout -subject};

		like($subject, qr/CN ?= ?$issuer$/, "whose key is root's: $host");
	}
	unlink conf_path('conf.d/30.conf');
	File::Path::remove_tree(conf_path('host.d'), $key);
};

subtest 'who could write them' => sub {
	for my $file ('inftpd.conf', 'conf.d/10.conf', 'net.d/127.0.0.0_8.conf',
	    'group.d/bob.conf', 'user.d/vera.conf', 'conf.d', 'net.d') {
		my $path = conf_path($file);
		my ($user) = $file =~ /(bob|vera)/;
		my $wanted = $user ? 530 : 421;

		layer($file, local_max_rate => 3) if !-e $path;
		my ($mode, $uid) = (stat $path)[2, 4];
		chown 900, -1, $path;
		is(login_of($user // 'alice'), $wanted,
		    "$file is the server's own user's");
		log_has(qr{\Q$path\E: belongs to uid 900; make it root's own \(chown 0\)},
		    "$file: the log says what to do");
		chown $uid, -1, $path;
		chmod 0775, $path;
		is(login_of($user // 'alice'), $wanted,
		    "$file is writable for the group");
		log_has(qr{\Q$path\E: writable by group or others},
		    "$file: the log says what to do");
		chmod $mode & 07777, $path;
	}
	my $c = dial();
	$c->login('alice');
	$c->quit;
};

subtest 'names are looked up outside sessions' => sub {
	write_file('/etc/hosts', "192.0.2.50 ftp.example.com\n");
	layer('conf.d/20.conf', pasv_addr_resolve => 'YES',
	    pasv_address => 'ftp.example.com');
	my $c = dial();
	$c->login('alice');
	$c->expect('PASV', 425, undef, 'not before');
	is(join("\n", as_inftpd(program(), '--resolve')), '',
	    '--resolve as the system user');
	$c->expect('PASV', 425, undef, 'a session keeps what it had');
	$c->quit;
	$c = dial();
	$c->login('alice');
	$c->expect('PASV', 227, qr/\(192,0,2,50,/, 'and then');
	$c->quit;
};

done_testing;
